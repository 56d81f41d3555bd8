package org.pekkochannels.websocket.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/**
 * Encodes a server's frames, one after another, into one growing array.
 *
 * <p>Not thread-safe. An array that was taken is never written again.
 */
public final class FrameWriter {
    public static final int LONGEST_HEADER = 10;
    private static final int FIN = 0x80;

    private static final byte[] EMPTY = new byte[0];

    private final int firstCapacity;
    private byte[] array = EMPTY;
    private int length;

    /** A writer that reserves {@code firstCapacity} bytes at its first write. */
    public FrameWriter(int firstCapacity) {
        this.firstCapacity = firstCapacity;
    }

    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    public void text(String text) {
        data(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    public void binary(byte[] bytes) {
        data(Opcode.BINARY, bytes);
    }

    /** Writes a message that is already deflated. */
    public void deflated(int opcode, byte[] bytes, int count) {
        header(FrameHeader.RSV1 | opcode, count);
        append(bytes, 0, count);
    }

    /** Copies frames that were written elsewhere. */
    public void copy(byte[] bytes, int offset, int count) {
        reserve(count);
        append(bytes, offset, count);
    }

    /** Removes everything beyond a length. */
    public void truncate(int shorter) {
        length = shorter;
    }

    /** Removes the first bytes. */
    public void discard(int count) {
        length -= count;
        System.arraycopy(array, count, array, 0, length);
    }

    public void ping() {
        header(Opcode.PING, 0);
    }

    public void pong(byte[] bytes, int offset, int count) {
        frame(Opcode.PONG, bytes, offset, count);
    }

    public void close(CloseReason reason) {
        byte[] words = reason.reason().getBytes(StandardCharsets.UTF_8);
        if (reason.code() == CloseCode.NO_STATUS) {
            header(Opcode.CLOSE, 0);
            return;
        }
        header(Opcode.CLOSE, 2 + words.length);
        array[length++] = (byte) (reason.code() >>> 8);
        array[length++] = (byte) reason.code();
        append(words, 0, words.length);
    }

    public void data(int opcode, byte[] bytes) {
        frame(opcode, bytes, 0, bytes.length);
    }

    private void frame(int opcode, byte[] bytes, int offset, int count) {
        header(opcode, count);
        append(bytes, offset, count);
    }

    /** Writes a header and makes room for its payload. */
    private void header(int opcode, int payload) {
        reserve(LONGEST_HEADER + payload);
        array[length++] = (byte) (FIN | opcode);
        if (payload < 126) {
            array[length++] = (byte) payload;
        } else if (payload < 1 << 16) {
            array[length++] = 126;
            number(payload, 2);
        } else {
            array[length++] = 127;
            number(payload, 8);
        }
    }

    private void number(long value, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            array[length++] = (byte) (value >>> shift);
        }
    }

    private void append(byte[] bytes, int offset, int count) {
        System.arraycopy(bytes, offset, array, length, count);
        length += count;
    }

    private void reserve(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(length + more, grown()));
        }
    }

    private int grown() {
        return array.length == 0 ? firstCapacity : 2 * array.length;
    }
}
