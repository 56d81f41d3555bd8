package org.pekkochannels.websocket.codec;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates whole messages (RFC 7692, section 7.2.2), one at a time, up to a limit. Not thread-safe. */
public final class Inflation implements Lendable {
    private static final int SCRATCH_BYTES = 16 * 1024;
    private static final byte[] TAIL = {0, 0, -1, -1};

    private final Inflater inflater = new Inflater(true);
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private byte[] bytes = scratch;
    private int length;
    private int blocks;

    /** The outcome. */
    public enum Result {
        /** The message is in {@link #bytes} until the next call. */
        DONE,
        /** The message exceeds the limit; inflating stopped there. */
        TOO_LARGE,
        /** The message has more final blocks than allowed; inflating stopped there. */
        TOO_MANY_BLOCKS,
        /** The data is not in the deflate format. */
        BROKEN
    }

    /**
     * Inflates a message.
     *
     * @param limit the maximum length
     * @param maxBlocks the maximum number of final blocks, each of which costs as much as a separate message
     */
    public Result inflate(byte[] input, int offset, int count, int limit, int maxBlocks) {
        inflater.reset();
        bytes = scratch;
        length = 0;
        blocks = maxBlocks;
        try {
            Result result = feed(input, offset, count, limit);
            return result == Result.DONE ? feed(TAIL, 0, TAIL.length, limit) : result;
        } catch (DataFormatException broken) {
            return Result.BROKEN;
        }
    }

    public byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    private Result feed(byte[] input, int offset, int count, int limit) throws DataFormatException {
        inflater.setInput(input, offset, count);
        while (true) {
            reserve(limit);
            int written = inflater.inflate(bytes, length, bytes.length - length);
            length += written;
            if (length > limit) {
                return Result.TOO_LARGE;
            }
            if (inflater.finished()) {
                if (blocks-- == 0) {
                    return Result.TOO_MANY_BLOCKS;
                }
                int rest = inflater.getRemaining();
                // A block may be marked as the last and still be followed by others (RFC 7692, section 7.2.3.4).
                inflater.reset();
                inflater.setInput(input, offset + count - rest, rest);
            }
            if (written == 0 && inflater.needsInput()) {
                return Result.DONE;
            }
            if (written == 0 && inflater.needsDictionary()) {
                throw new DataFormatException("a dictionary, which raw deflate does not know");
            }
        }
    }

    /** Makes room for at least one byte, and for at most one byte beyond the limit. */
    private void reserve(int limit) {
        if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit + 1L, 2L * length));
        }
    }

    /** Releases a large message's array, which would otherwise stay until the next message. */
    @Override
    public void rest() {
        bytes = scratch;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
