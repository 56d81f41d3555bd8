package org.pekkochannels.websocket.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Checks UTF-8 piece by piece (table 3-7 of the Unicode Standard); a character may begin in one piece and end in the next.
 *
 * <p>Not thread-safe, except the static method.
 */
final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private int missing;
    private int lowest = 0x80;
    private int highest = 0xBF;

    /** The text, or null if it is not UTF-8. */
    static @Nullable String decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        // Decoding replaces invalid bytes with U+FFFD; only a text that contains it must be checked again.
        return text.indexOf('\uFFFD') < 0 || isValid(bytes, offset, length) ? text : null;
    }

    private static boolean isValid(byte[] bytes, int offset, int length) {
        Utf8 check = new Utf8();
        return check.append(bytes, offset, length) && check.isComplete();
    }

    /** Whether the bytes so far can be the beginning of valid UTF-8; after false the check must not be used again. */
    boolean append(byte[] bytes, int offset, int length) {
        int end = offset + length;
        for (int at = offset; at < end; at++) {
            if (missing == 0) {
                at = skipAscii(bytes, at, end);
            }
            if (at < end && !next(bytes[at] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the last character is complete. */
    boolean isComplete() {
        return missing == 0;
    }

    private static int skipAscii(byte[] bytes, int from, int end) {
        int at = from;
        while (end - at >= Long.BYTES && ((long) LONGS.get(bytes, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        return at;
    }

    private boolean next(int octet) {
        return missing == 0 ? first(octet) : continuation(octet);
    }

    private boolean continuation(int octet) {
        boolean valid = octet >= lowest && octet <= highest;
        expect(missing - 1, 0x80, 0xBF);
        return valid;
    }

    private boolean first(int octet) {
        if (octet < 0x80) {
            return true;
        }
        if (octet < 0xE0) {
            expect(1, 0x80, 0xBF);
            return octet >= 0xC2;
        }
        if (octet < 0xF0) {
            // No overlong forms, no surrogates.
            expect(2, octet == 0xE0 ? 0xA0 : 0x80, octet == 0xED ? 0x9F : 0xBF);
            return true;
        }
        // No overlong forms, nothing above U+10FFFF.
        expect(3, octet == 0xF0 ? 0x90 : 0x80, octet == 0xF4 ? 0x8F : 0xBF);
        return octet <= 0xF4;
    }

    private void expect(int count, int low, int high) {
        missing = count;
        lowest = low;
        highest = high;
    }
}
