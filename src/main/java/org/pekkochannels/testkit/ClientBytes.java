package org.pekkochannels.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The bytes that a client has received and not used yet. Confined to its owner. */
final class ClientBytes {
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private byte[] bytes = {};

    static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    void add(byte[] window, int offset, int length) {
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, before + length);
        System.arraycopy(window, offset, bytes, before, length);
    }

    int length() {
        return bytes.length;
    }

    int at(int index) {
        return bytes[index] & 0xff;
    }

    /** A number in network order. */
    long number(int from, int count) {
        long number = 0;
        for (int i = 0; i < count; i++) {
            number = number << 8 | at(from + i);
        }
        return number;
    }

    byte[] take(int count) {
        byte[] taken = Arrays.copyOf(bytes, count);
        bytes = Arrays.copyOfRange(bytes, count, bytes.length);
        return taken;
    }

    /** The head of a response with its empty line, if it is complete. */
    Optional<String> takeHead() {
        for (int end = 0; end + HEAD_END.length <= bytes.length; end++) {
            if (Arrays.equals(bytes, end, end + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return Optional.of(new String(take(end + HEAD_END.length), StandardCharsets.ISO_8859_1));
            }
        }
        return Optional.empty();
    }
}
