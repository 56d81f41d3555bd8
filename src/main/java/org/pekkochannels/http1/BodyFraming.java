package org.pekkochannels.http1;

/**
 * How a request's body is delimited (RFC 9112, section 6.3). Immutable. A request with two framings, or with one that readers interpret
 * differently, is refused.
 *
 * @param chunked whether the body is chunked
 * @param length the number of bytes if it is not
 */
public record BodyFraming(boolean chunked, long length) {
    // Digits of a number below 2^63 - 1, which is larger than any body.
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
     * Whether the request has no body.
     *
     * @return whether the next request follows the head
     */
    public boolean isEmpty() {
        return !chunked && length == 0;
    }

    /**
     * Creates a reader of the body.
     *
     * @param mostTrailerBytes the maximum size of the trailer section
     * @return the reader
     */
    public BodyReader reader(int mostTrailerBytes) {
        return chunked ? new ChunkedBody(mostTrailerBytes) : new SizedBody(length);
    }
}
