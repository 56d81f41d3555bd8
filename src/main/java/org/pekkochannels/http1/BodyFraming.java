package org.pekkochannels.http1;

/**
 * How a request's body is delimited (RFC 9112, section 6.3); immutable. Where a request says it in two ways, or not in the
 * one way that all readers understand alike, it is refused.
 *
 * @param chunked whether the body comes in chunks
 * @param length how many bytes the body has if it does not
 */
public record BodyFraming(boolean chunked, long length) {
    // Of a number below 2^63 - 1; no body has more bytes than these digits can say.
    private static final int MOST_DIGITS = 18;

    static BodyFraming of(String method, RequestFields fields, boolean current) throws RefusedRequestException {
        boolean chunked = fields.isChunked(current);
        BodyFraming framing = new BodyFraming(chunked, chunked ? 0 : fields.length(MOST_DIGITS));
        if (!framing.isEmpty() && (method.equals("HEAD") || method.equals("TRACE"))) {
            throw RefusedRequestException.malformed("a " + method + " request must not have a body");
        }
        return framing;
    }

    /**
     * Whether there is no body.
     *
     * @return whether the next request follows the head
     */
    public boolean isEmpty() {
        return !chunked && length == 0;
    }

    /**
     * A reader of the body.
     *
     * @param mostTrailerBytes how many bytes the trailer section may have
     * @return the reader
     */
    public BodyReader reader(int mostTrailerBytes) {
        return chunked ? new ChunkedBody(mostTrailerBytes) : new SizedBody(length);
    }
}
