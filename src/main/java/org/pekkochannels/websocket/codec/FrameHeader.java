package org.pekkochannels.websocket.codec;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/** A client's frame header, parsed in place (RFC 6455, section 5.2). */
public final class FrameHeader {
    /** Two bytes, eight of length, four of masking key. */
    static final int LONGEST = 14;

    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    /** Marks the first frame of a compressed message (RFC 7692, section 6). */
    static final int RSV1 = 0x40;

    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7F;
    private static final int KEY_BYTES = 4;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private FrameHeader() {}

    /** The size of the header, known from its first two bytes. */
    public static int size(byte[] bytes, int at) {
        int second = bytes[at + 1];
        int length = second & LENGTH;
        int extended = length < LENGTH_16 ? 0 : length == LENGTH_16 ? Short.BYTES : Long.BYTES;
        return 2 + extended + ((second & MASKED) == 0 ? 0 : KEY_BYTES);
    }

    static boolean isLast(byte[] bytes, int at) {
        return (bytes[at] & FIN) != 0;
    }

    static boolean isCompressed(byte[] bytes, int at) {
        return (bytes[at] & RSV1) != 0;
    }

    static int opcode(byte[] bytes, int at) {
        return bytes[at] & 0x0F;
    }

    /** The payload's length; negative if its highest bit is set, which is not allowed. */
    public static long payload(byte[] bytes, int at) {
        int length = bytes[at + 1] & LENGTH;
        if (length < LENGTH_16) {
            return length;
        }
        return number(bytes, at + 2, length == LENGTH_16 ? Short.BYTES : Long.BYTES);
    }

    /** The masking key, as {@link Masking} expects it. */
    static int key(byte[] bytes, int at) {
        return Masking.key(bytes, at + size(bytes, at) - KEY_BYTES);
    }

    /** The protocol violation in the header, or null; {@code compression} allows RSV1 on the first frame of a data message. */
    static @Nullable CloseReason wrongWith(byte[] bytes, int at, boolean compression) {
        boolean begins = opcode(bytes, at) == Opcode.TEXT || opcode(bytes, at) == Opcode.BINARY;
        if ((bytes[at] & (compression && begins ? RESERVED ^ RSV1 : RESERVED)) != 0) {
            return wrong("reserved bits set");
        }
        if (!Opcode.isKnown(opcode(bytes, at))) {
            return wrong("reserved opcode");
        }
        if ((bytes[at + 1] & MASKED) == 0) {
            return wrong("frame not masked");
        }
        return Opcode.isControl(opcode(bytes, at)) ? wrongWithControl(bytes, at) : wrongWithLength(bytes, at);
    }

    static CloseReason wrong(String words) {
        return new CloseReason(CloseCode.PROTOCOL_ERROR, words);
    }

    private static @Nullable CloseReason wrongWithControl(byte[] bytes, int at) {
        if (!isLast(bytes, at)) {
            return wrong("fragmented control frame");
        }
        return (bytes[at + 1] & LENGTH) < LENGTH_16 ? null : wrong("control frame over 125 bytes");
    }

    private static @Nullable CloseReason wrongWithLength(byte[] bytes, int at) {
        int length = bytes[at + 1] & LENGTH;
        if (length < LENGTH_16) {
            return null;
        }
        // "The minimal number of bytes MUST be used"; a negative length has the highest bit set.
        long least = length == LENGTH_64 ? 1 << 16 : LENGTH_16;
        return payload(bytes, at) >= least ? null : wrong("invalid payload length");
    }

    private static long number(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = (value << 8) | (bytes[at + i] & 0xFF);
        }
        return value;
    }
}
