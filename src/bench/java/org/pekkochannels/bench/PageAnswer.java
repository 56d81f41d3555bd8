package org.pekkochannels.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one answer after another and compares each: status 200, a Content-Length, and exactly the expected body.
 * Confined to its connection's thread.
 */
final class PageAnswer {
    // The head of an answer has about 150 bytes.
    private static final int MOST_BYTES = 4096;
    private static final byte[] STATUS = ascii("HTTP/1.1 200 ");
    private static final byte[] LENGTH = ascii("\r\ncontent-length:");
    private static final byte[] END = ascii("\r\n\r\n");

    private final byte[] expected;
    private final byte[] bytes = new byte[MOST_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes);

    PageAnswer(String expected) {
        this.expected = ascii(expected);
    }

    /** Reads what has arrived; returns whether the answer is complete, and is then ready for the next one. */
    boolean read(SocketChannel channel) throws IOException {
        if (channel.read(buffer) < 0) {
            throw new EOFException("closed by the server after " + buffer.position() + " bytes of an answer");
        }
        int headEnd = find(END, buffer.position());
        boolean complete = headEnd >= 0 && isWhole(headEnd + END.length);
        if (complete) {
            buffer.clear();
        } else if (!buffer.hasRemaining()) {
            throw unexpected();
        }
        return complete;
    }

    /** The head is checked even if the body is not there yet: of a shorter body the rest would never arrive. */
    private boolean isWhole(int bodyStart) throws IOException {
        int received = buffer.position() - bodyStart;
        if (!Arrays.equals(bytes, 0, STATUS.length, STATUS, 0, STATUS.length)
                || contentLength(bodyStart) != expected.length
                || received > expected.length
                || !Arrays.equals(bytes, bodyStart, bodyStart + received, expected, 0, received)) {
            throw unexpected();
        }
        return received == expected.length;
    }

    /** -1 if the head has none. */
    private int contentLength(int headEnd) {
        int at = find(LENGTH, headEnd);
        if (at < 0) {
            return -1;
        }
        int length = 0;
        for (int i = at + LENGTH.length; bytes[i] != '\r'; i++) {
            length = bytes[i] == ' ' ? length : length * 10 + bytes[i] - '0';
        }
        return length;
    }

    /** Where {@code sought}, in small letters, begins before {@code end}; -1 if it is not there. */
    private int find(byte[] sought, int end) {
        for (int i = 0; i <= end - sought.length; i++) {
            // Most positions fail here.
            if (bytes[i] == sought[0] && matches(sought, i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean matches(byte[] sought, int at) {
        for (int i = 0; i < sought.length; i++) {
            byte found = bytes[at + i];
            if ((found >= 'A' && found <= 'Z' ? found + 32 : found) != sought[i]) {
                return false;
            }
        }
        return true;
    }

    private IOException unexpected() {
        return new IOException(
                "unexpected answer: " + new String(bytes, 0, buffer.position(), StandardCharsets.ISO_8859_1));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
