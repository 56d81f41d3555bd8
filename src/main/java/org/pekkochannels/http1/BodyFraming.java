package org.pekkochannels.http1;

import java.util.List;

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

    static BodyFraming of(RequestHead head, boolean current) throws RefusedRequestException {
        List<String> codings = head.values("Transfer-Encoding");
        List<String> lengths = head.values("Content-Length");
        if (!codings.isEmpty()) {
            return chunked(head, codings, current && lengths.isEmpty());
        }
        long length = lengths.isEmpty() ? 0 : length(lengths);
        return allowed(head, new BodyFraming(false, length));
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

    private static BodyFraming chunked(RequestHead head, List<String> codings, boolean alone)
            throws RefusedRequestException {
        if (!alone) {
            throw RefusedRequestException.malformed(
                    "Transfer-Encoding must not stand in HTTP/1.0 or beside Content-Length");
        } else if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
            throw RefusedRequestException.malformed("Transfer-Encoding must be chunked, once");
        }
        return allowed(head, new BodyFraming(true, 0));
    }

    private static long length(List<String> lengths) throws RefusedRequestException {
        String length = lengths.get(0);
        boolean number = !length.isEmpty()
                && length.length() <= MOST_DIGITS
                && length.chars().allMatch(c -> c >= '0' && c <= '9');
        if (lengths.size() > 1 || !number) {
            throw RefusedRequestException.malformed(
                    "Content-Length must be one number of at most " + MOST_DIGITS + " digits");
        }
        return Long.parseLong(length);
    }

    private static BodyFraming allowed(RequestHead head, BodyFraming framing) throws RefusedRequestException {
        if (!framing.isEmpty() && (head.method().equals("HEAD") || head.method().equals("TRACE"))) {
            throw RefusedRequestException.malformed("a " + head.method() + " request must not have a body");
        }
        return framing;
    }
}
