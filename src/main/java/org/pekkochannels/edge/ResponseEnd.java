package org.pekkochannels.edge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.util.ByteString;

/**
 * Finds the end of one response in Pekko HTTP's output. Pekko HTTP requests the next response before it has written this one, so only the
 * output shows the end. Relies on how Pekko HTTP writes a response whose body is a stream: the head, then each part or chunk, in separate
 * pieces. Confined to the stream's interpreter.
 */
final class ResponseEnd {
    private static final int SWITCHING_PROTOCOLS = 101;
    // As Pekko HTTP writes them.
    private static final byte[] CLOSE = ascii("\r\nConnection: close\r\n");
    private static final byte[] HEAD_END = ascii("\r\n\r\n");

    private final Kind kind;
    // Of AFTER_LENGTH: the bytes of the body that were not written yet.
    private long missing;
    private boolean reached;

    /** What shows the end. */
    private enum Kind {
        /** No body, or one that is written together with the head. */
        WITH_HEAD,
        /** Like WITH_HEAD, but the bytes that follow are another protocol's. */
        SWITCH,
        AFTER_LENGTH,
        /** Pekko HTTP writes each chunk in a separate piece, so the first byte of a piece shows whether it is the last one. */
        WITH_LAST_CHUNK,
        /** Never reached: no other response follows, and the end of Pekko HTTP's output is the end of the body. */
        WITH_CONNECTION
    }

    private ResponseEnd(Kind kind, long missing) {
        this.kind = kind;
        this.missing = missing;
    }

    /** The end that is reached already. */
    static ResponseEnd reached() {
        ResponseEnd none = new ResponseEnd(Kind.WITH_HEAD, 0);
        none.reached = true;
        return none;
    }

    /**
     * The end of a response.
     *
     * @param request the request: a response to HEAD has no body, and for HTTP/1.0 chunks are written without framing, until the connection
     *     ends
     */
    static ResponseEnd of(HttpResponse response, HttpInput.Kind request) {
        if (isSwitch(response, request)) {
            return new ResponseEnd(Kind.SWITCH, 0);
        } else if (request == HttpInput.Kind.HEAD || response.entity().isKnownEmpty()) {
            return new ResponseEnd(Kind.WITH_HEAD, 0);
        } else if (response.entity() instanceof HttpEntity.Default sized) {
            return new ResponseEnd(Kind.AFTER_LENGTH, sized.contentLength());
        } else if (response.entity() instanceof HttpEntity.Strict) {
            return new ResponseEnd(Kind.WITH_HEAD, 0);
        }
        boolean chunked = response.entity().isChunked() && request != HttpInput.Kind.OLD;
        return new ResponseEnd(chunked ? Kind.WITH_LAST_CHUNK : Kind.WITH_CONNECTION, 0);
    }

    /** Without an upgrade on both sides a 101 is an ordinary status, followed by the next request. */
    private static boolean isSwitch(HttpResponse response, HttpInput.Kind request) {
        return request == HttpInput.Kind.UPGRADE
                && response.status().intValue() == SWITCHING_PROTOCOLS
                && response.getHeader("Upgrade").isPresent();
    }

    /** Processes the first piece of the response, and returns its kind. */
    HttpExchange.Part begin(byte[] head) {
        reached = kind == Kind.WITH_HEAD || kind == Kind.SWITCH;
        if (kind == Kind.SWITCH) {
            return HttpExchange.Part.SWITCH;
        }
        return isLast(head) ? HttpExchange.Part.BEGINNING_OF_LAST : HttpExchange.Part.BEGINNING;
    }

    /** Processes a further piece. */
    void follow(ByteString piece) {
        if (kind == Kind.AFTER_LENGTH) {
            missing -= piece.size();
            reached = missing <= 0;
        } else if (kind == Kind.WITH_LAST_CHUNK) {
            // A chunk's size has no leading zeros.
            reached = piece.head() == '0';
        }
    }

    boolean isReached() {
        return reached;
    }

    private static boolean isLast(byte[] head) {
        // The letter after the line's end excludes most header fields.
        for (int i = 0; i < head.length - HEAD_END.length; i++) {
            if (head[i] == '\r') {
                byte next = head[i + 2];
                if (next == 'C' && isAt(head, i, CLOSE)) {
                    return true;
                } else if (next == '\r' && isAt(head, i, HEAD_END)) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Whether a text is at an index. */
    static boolean isAt(byte[] head, int index, byte[] text) {
        int end = index + text.length;
        return end <= head.length && Arrays.equals(head, index, end, text, 0, text.length);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
