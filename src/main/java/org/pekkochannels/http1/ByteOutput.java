package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are collected, and then given away together; confined to one thread. */
public final class ByteOutput {
    private static final byte[] NOTHING = {};
    // Digits enough for every chunk that one read of a socket can bring, and CR LF.
    private static final int CHUNK_HEAD = 10;
    private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = NOTHING;
    private int length;

    /** An output that is empty, and then holds no memory. */
    public ByteOutput() {}

    /**
     * Appends bytes.
     *
     * @param from holds them
     * @param offset the first one's index
     * @param count how many there are
     */
    public void write(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Appends text in UTF-8. */
    void write(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        write(encoded, 0, encoded.length);
    }

    /** Begins a chunk, to be ended after its data; returns where. */
    int beginChunk() {
        reserve(CHUNK_HEAD);
        length += CHUNK_HEAD;
        return length;
    }

    /** Puts the size before the data since the beginning; without any there is no chunk. */
    void endChunk(int beginning) {
        int size = length - beginning;
        int head = beginning - CHUNK_HEAD;
        if (size == 0) {
            length = head;
            return;
        }
        for (int i = 0; i < CHUNK_HEAD - 2; i++) {
            bytes[head + i] = DIGITS[(size >>> (4 * (CHUNK_HEAD - 3 - i))) & 0xf];
        }
        bytes[beginning - 2] = '\r';
        bytes[beginning - 1] = '\n';
        write("\r\n");
    }

    /**
     * Whether nothing was written since the last {@link #take}.
     *
     * @return whether it is empty
     */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * Gives away what was written.
     *
     * @return the bytes, the caller's from now on
     */
    public byte[] take() {
        byte[] taken = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        bytes = NOTHING;
        length = 0;
        return taken;
    }

    private void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * length));
        }
    }
}
