package org.pekkochannels.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A buffer that collects bytes and hands them over together. Confined to one thread. */
public final class ByteOutput {
    private static final byte[] NOTHING = {};
    // Enough digits for every chunk that one socket read can deliver, and CR LF.
    private static final int CHUNK_HEAD = 10;
    // The chunk's CR LF, and the last chunk.
    private static final int CHUNK_END = 7;
    // If less than half of a larger array is used, it is copied, because the receiver may keep the bytes for long.
    private static final int MOST_SPARE = 1024;
    private static final byte[] DIGITS = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = NOTHING;
    private int length;

    /**
     * Receives the collected bytes.
     *
     * @param <T> the result
     */
    public interface Taker<T> {
        /**
         * Takes the bytes.
         *
         * @param bytes an array that contains them from its beginning
         * @param count the number of bytes
         * @return the result
         */
        T take(byte[] bytes, int count);
    }

    /** An empty output, which holds no memory. */
    public ByteOutput() {}

    /**
     * Appends bytes.
     *
     * @param from contains them
     * @param offset the index of the first one
     * @param count the number of bytes
     */
    public void write(byte[] from, int offset, int count) {
        if (length == 0 && bytes.length < count) {
            // The usual case for a body. The JVM skips zeroing the new array only if allocation and copy are one step.
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

    /** Like {@link #write(String)}, for a text that is ASCII up to an index. */
    private void writeEncoded(String text, int ascii) {
        length += ascii;
        byte[] encoded = text.substring(ascii).getBytes(StandardCharsets.UTF_8);
        write(encoded, 0, encoded.length);
    }

    /** Begins a chunk with at most this many bytes; {@link #endChunk} ends it after its data. Returns its position. */
    int beginChunk(int most) {
        reserve(CHUNK_HEAD + most + CHUNK_END);
        length += CHUNK_HEAD;
        return length;
    }

    /** Writes the size before the data; without data the chunk is removed. */
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
     * Hands over the bytes.
     *
     * @param taker receives the array, which it then owns, and the number of bytes
     * @param <T> the taker's result
     * @return what the taker returns
     */
    public <T> T take(Taker<T> taker) {
        int count = length;
        byte[] taken = bytes.length > MOST_SPARE && count < bytes.length / 2 ? Arrays.copyOf(bytes, count) : bytes;
        bytes = NOTHING;
        length = 0;
        return taker.take(taken, count);
    }

    /** Makes room for this many further bytes, to avoid another copy. */
    void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * length));
        }
    }
}
