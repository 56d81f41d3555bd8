package org.pekkochannels.websocket.codec;

import java.util.Arrays;
import java.util.zip.Deflater;

/** Deflates whole messages (RFC 7692, section 7.2.1), one at a time. Not thread-safe. */
public final class Deflation implements Lendable {
    // The buffer for messages whose deflated length is not known yet; larger ones get a separate array.
    private static final int SCRATCH_BYTES = 16 * 1024;
    // The empty block that ends a sync flush, which the receiver appends itself.
    private static final int TAIL_BYTES = 4;

    private final Deflater deflater;
    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private byte[] bytes = scratch;
    private int length;

    public Deflation(int level) {
        deflater = new Deflater(level, true);
    }

    /**
     * Deflates a message.
     *
     * @param window how far back the receiver can refer; no part that is deflated together is longer
     * @return whether it became shorter; if so, the result is in {@link #bytes} until the next call
     */
    public boolean deflate(byte[] message, int window) {
        int most = message.length + TAIL_BYTES;
        bytes = most <= SCRATCH_BYTES ? scratch : new byte[most];
        length = 0;
        for (int at = 0; at < message.length; at += window) {
            if (!deflate(message, at, Math.min(window, message.length - at), most)) {
                return false;
            }
        }
        length -= TAIL_BYTES;
        return length > 0 && length < message.length;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** Appends a part, byte-aligned and without reference to earlier ones; false if there is no room. */
    private boolean deflate(byte[] message, int at, int count, int most) {
        deflater.reset();
        deflater.setInput(message, at, count);
        int room = most - length;
        int written = deflater.deflate(bytes, length, room, Deflater.SYNC_FLUSH);
        length += written;
        // A full buffer means that output is missing.
        return written < room;
    }

    /** Releases a large message's array, which would otherwise stay until the next message. */
    @Override
    public void rest() {
        bytes = scratch;
    }

    @Override
    public void close() {
        deflater.end();
    }
}
