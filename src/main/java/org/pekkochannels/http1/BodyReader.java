package org.pekkochannels.http1;

/** Finds the end of one request's body, and writes the body in canonical framing; confined to one thread. */
public sealed interface BodyReader permits SizedBody, ChunkedBody {
    /**
     * Takes bytes as far as they belong to the body.
     *
     * @param window the bytes
     * @param offset the first one's index
     * @param count how many there are
     * @param canonical gets the body
     * @return how many were taken: all of them, unless {@link #isComplete}
     * @throws RefusedRequestException 400 where the framing is malformed; then the body's end is not known
     */
    int read(byte[] window, int offset, int count, ByteOutput canonical) throws RefusedRequestException;

    /**
     * Whether the whole body is there.
     *
     * @return whether the next byte is not the body's
     */
    boolean isComplete();
}
