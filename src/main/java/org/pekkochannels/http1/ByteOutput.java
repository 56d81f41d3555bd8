package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are collected, and then given away together; confined to one thread. */
public final class ByteOutput {
    private static final byte[] NOTHING = {};
    // Digits enough for every chunk that one read of a socket can bring, and CR LF.
    private static final int CHUNK_HEAD = 10;
    // Its CR LF, and the last chunk.
    private static final int CHUNK_END = 7;
    // A larger array of which less than half counts is copied: the bytes given away may be kept for long.
    private static final int MOST_SPARE = 1024;
    private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = NOTHING;
    private int length;

    /**
     * Takes what was written.
     *
     * @param <T> what is made of it
     */
    public interface Taker<T> {
        /**
         * Takes bytes.
         *
         * @param bytes holds them, from its beginning on
         * @param count how many count
         * @return what is made of them
         */
        T take(byte[] bytes, int count);
    }

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
        if (length == 0 && bytes.length < count) {
            // Most of a body comes so. A new array is not cleared before it is copied into only if both happen in one
            // step.
            bytes = Arrays.copyOfRange(from, offset, offset + count);
            length = count;
            return;
        }
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Appends text in UTF-8. */
    void write(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                writeEncoded(text, i);
                return;
            }
            bytes[length + i] = (byte) c;
        }
        length += text.length();
    }

    /** As {@link #write(String)}, of a text that is ASCII up to an index. */
    private void writeEncoded(String text, int ascii) {
        length += ascii;
        byte[] encoded = text.substring(ascii).getBytes(StandardCharsets.UTF_8);
        write(encoded, 0, encoded.length);
    }

    /** Begins a chunk of at most so many bytes, to be ended after its data; returns where. */
    int beginChunk(int most) {
        reserve(CHUNK_HEAD + most + CHUNK_END);
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
     * @param taker gets the array, which is its own from now on, and how many of its bytes count
     * @param <T> what the taker makes of them
     * @return what the taker returns
     */
    public <T> T take(Taker<T> taker) {
        int count = length;
        byte[] taken = bytes.length > MOST_SPARE && count < bytes.length / 2 ? Arrays.copyOf(bytes, count) : bytes;
        bytes = NOTHING;
        length = 0;
        return taker.take(taken, count);
    }

    /** Makes room for so many bytes more, so that they are not copied once again. */
    void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * length));
        }
    }
}
