package org.pekkochannels.websocket.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The exclusive or with which clients mask their payloads (RFC 6455, section 5.3), eight bytes per step. */
final class Masking {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Masking() {}

    /** The key at {@code offset}, its first byte lowest. */
    static int key(byte[] bytes, int offset) {
        return (int) INTS.get(bytes, offset);
    }

    /** Unmasks in place. */
    static void unmask(byte[] bytes, int offset, int length, int key) {
        long wide = (key & 0xFFFF_FFFFL) | ((long) key << 32);
        int at = offset;
        int end = offset + length;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ wide);
        }
        for (int shift = 0; at < end; at++, shift += 8) {
            bytes[at] ^= (byte) (wide >>> shift);
        }
    }

    /** The key for the bytes after the next {@code count}. */
    static int advance(int key, int count) {
        return Integer.rotateRight(key, 8 * (count & 3));
    }
}
