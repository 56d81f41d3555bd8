package org.pekkochannels.websocket;

import java.util.Arrays;
import org.pekkochannels.websocket.codec.FrameParser;

/**
 * Bytes that were read and are not parsed yet, because too many messages wait for the consumer. At most the bytes that an edge reads before
 * it stops. Confined to the connection's thread.
 */
final class Unparsed {
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int first;
    private int end;

    boolean isEmpty() {
        return first == end;
    }

    int length() {
        return end - first;
    }

    /** Adds a copy. */
    void add(byte[] window, int offset, int length) {
        byte[] more = Arrays.copyOfRange(bytes, first, end + length);
        end -= first;
        first = 0;
        System.arraycopy(window, offset, more, end, length);
        end += length;
        bytes = more;
    }

    /** Continues as far as the parser does. */
    void parse(FrameParser parser) {
        int parsed = parser.parse(bytes, first, end - first);
        // The parser may have cleared the bytes.
        first = Math.min(first + parsed, end);
        if (isEmpty()) {
            clear();
        }
    }

    void clear() {
        bytes = NOTHING;
        first = 0;
        end = 0;
    }
}
