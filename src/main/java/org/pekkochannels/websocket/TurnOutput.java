package org.pekkochannels.websocket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Wire.SharedMessage;
import org.pekkochannels.websocket.codec.Compression;
import org.pekkochannels.websocket.codec.Deflation;
import org.pekkochannels.websocket.codec.FrameHeader;
import org.pekkochannels.websocket.codec.FrameWriter;
import org.pekkochannels.websocket.codec.Opcode;
import org.pekkochannels.websocket.codec.Pool;

/**
 * The output of one consumer turn: frames, possibly a close, possibly the credit for the next delivery.
 *
 * <p>Written on the consumer's thread, which also compresses messages, and then passed to the connection's thread, which may only drop
 * messages from it. {@link LatestOutput} is a turn's message that may still be replaced.
 */
class TurnOutput implements Runnable {
    // Small waiting turns are merged, so that a waiting byte costs about a byte.
    private static final int MOST_MERGED = 16 * 1024;

    private static final byte[] NOT_DEFLATED = {};

    private final FrameWriter frames;
    private final Compression compression;
    private int first;
    private int end;
    private int messages;
    private @Nullable CloseReason close;
    private boolean consumed;
    private boolean shortened;
    private List<Runnable> drained = List.of();
    private @Nullable Connection connection;

    TurnOutput(int capacity, Compression compression) {
        this.frames = new FrameWriter(capacity);
        this.compression = compression;
    }

    void send(String text) {
        if (compression.wants(text.length())) {
            compressed(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
        } else {
            frames.text(text);
        }
        sent();
    }

    void send(byte[] bytes) {
        if (compression.wants(bytes.length)) {
            compressed(Opcode.BINARY, bytes);
        } else {
            frames.binary(bytes);
        }
        sent();
    }

    void send(SharedMessage message) {
        int opcode = message.isText() ? Opcode.TEXT : Opcode.BINARY;
        byte[] deflated = compression.wants(message.bytes().length) ? compression.deflated(message) : NOT_DEFLATED;
        if (deflated.length > 0) {
            frames.deflated(opcode, deflated, deflated.length);
        } else {
            frames.data(opcode, message.bytes());
        }
        sent();
    }

    void close(CloseReason reason) {
        close = reason;
    }

    void consumed() {
        consumed = true;
    }

    /** Runs a task when most of the output so far has left. */
    void onDrained(Runnable task) {
        if (drained.isEmpty()) {
            drained = new ArrayList<>(1);
        }
        drained.add(task);
    }

    /** Registers those tasks with the outbox to which the turn was passed. */
    void passDrained(Outbox outbox) {
        if (!drained.isEmpty()) {
            drained.forEach(outbox::whenDrained);
        }
    }

    /** This turn as a task of a connection's thread; the turn is its own task to save an allocation. */
    TurnOutput to(Connection taker) {
        connection = taker;
        return this;
    }

    @Override
    public void run() {
        Objects.requireNonNull(connection).take(this);
    }

    byte[] array() {
        return frames.array();
    }

    /** The index of its first byte in the array. */
    int first() {
        return first;
    }

    int bytes() {
        return end - first;
    }

    int messages() {
        return messages;
    }

    @Nullable
    CloseReason closing() {
        return close;
    }

    boolean isConsumed() {
        return consumed;
    }

    /** Appends another turn's frames if both are small; on the connection's thread. */
    boolean merge(TurnOutput next) {
        if (end + next.bytes() > MOST_MERGED) {
            return false;
        }
        frames.copy(next.array(), next.first, next.bytes());
        end = frames.length();
        messages += next.messages;
        return true;
    }

    /** Drops the first message, which must exist. */
    void dropFirst() {
        first += frameAt(first);
        messages--;
    }

    /** Drops the first messages until this many bytes are left, and reuses their room; returns the number dropped. */
    int keepLast(long most) {
        int before = messages;
        while (bytes() > most) {
            dropFirst();
        }
        frames.discard(first);
        first = 0;
        end = frames.length();
        shortened = true;
        return before - messages;
    }

    /** Whether {@link #keepLast} has dropped anything. */
    boolean isShortened() {
        return shortened;
    }

    /** Drops the last messages, all that do not fit into this many bytes; returns the number dropped. */
    int dropBeyond(long room) {
        int before = messages;
        int at = first;
        messages = 0;
        while (at < end && at + frameAt(at) - first <= room) {
            at += frameAt(at);
            messages++;
        }
        end = at;
        frames.truncate(end);
        return before - messages;
    }

    private int frameAt(int at) {
        return FrameHeader.size(frames.array(), at) + (int) FrameHeader.payload(frames.array(), at);
    }

    private void compressed(int opcode, byte[] bytes) {
        Pool<Deflation> pool = compression.deflations();
        Deflation deflation = pool.borrow();
        if (compression.deflate(deflation, bytes)) {
            frames.deflated(opcode, deflation.bytes(), deflation.length());
        } else {
            frames.data(opcode, bytes);
        }
        pool.giveBack(deflation);
    }

    private void sent() {
        messages++;
        end = frames.length();
    }
}
