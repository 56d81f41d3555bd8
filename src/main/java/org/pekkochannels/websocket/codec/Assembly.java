package org.pekkochannels.websocket.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Inbound;

/**
 * One message that arrives in several frames or reads. Text is checked on arrival, unless it is compressed.
 *
 * <p>Memory grows with the bytes that have arrived, not with the length in a header. Confined to the connection's thread.
 */
public final class Assembly {
    private static final int FIRST_BYTES = 512;

    private final @Nullable Utf8 check;
    private byte[] bytes = new byte[0];
    private int length;

    Assembly(int opcode, boolean compressed) {
        check = opcode == Opcode.TEXT && !compressed ? new Utf8() : null;
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /**
     * Appends a piece.
     *
     * @param most the maximum length of the message, as far as it is known
     * @return false if the text is not UTF-8
     */
    boolean append(byte[] window, int offset, int count, long most) {
        reserve(length + count, most);
        System.arraycopy(window, offset, bytes, length, count);
        length += count;
        return check == null || check.append(window, offset, count);
    }

    /** The whole message, or null if it ends within a character. */
    Inbound.@Nullable Message finish() {
        if (check == null) {
            return new Inbound.Binary(bytes.length == length ? bytes : Arrays.copyOf(bytes, length));
        }
        return check.isComplete() ? new Inbound.Text(new String(bytes, 0, length, StandardCharsets.UTF_8)) : null;
    }

    /** Doubles, so that many small pieces are not copied repeatedly, but reserves no more than can arrive. */
    private void reserve(int needed, long most) {
        if (needed > bytes.length) {
            long doubled = Math.max(FIRST_BYTES, 2L * needed);
            bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, Math.max(needed, most)));
        }
    }
}
