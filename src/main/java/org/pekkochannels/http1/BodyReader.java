package org.pekkochannels.http1;

/** Finds the end of one request's body, and writes the body in canonical framing. Confined to one thread. */
public sealed interface BodyReader permits SizedBody, ChunkedBody {
    /**
     * Takes the bytes that belong to the body.
     *
     * @param window the bytes
     * @param offset the index of the first one
     * @param count the number of bytes
     * @param canonical receives the body
     * @return the number of bytes taken: all of them, unless {@link #isComplete}
     * @throws RefusedRequestException 400 if the framing is malformed; the end of the body is then unknown
     */
    int read(byte[] window, int offset, int count, ByteOutput canonical) throws RefusedRequestException;

    /**
     * Whether the body is complete.
     *
     * @return whether the next byte is after the body
     */
    boolean isComplete();
}
