package org.pekkochannels.websocket;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the peer: straight to the transport while that takes it, else into a queue until it has drained.
 *
 * <p>The queue exists so that what a slow peer has not read can still be dropped. Confined to the connection's thread.
 */
final class Outbox {
    // Above Transport.LOW_WATER, so that a stalled transport is sure to drain; two of its marks keep a fast peer busy.
    private static final int STALLED = 2 * Transport.LOW_WATER;

    private final Transport transport;
    private final long maxBytes;
    private final ArrayDeque<Turn> queue = new ArrayDeque<>(1);
    private long queuedBytes;
    private @Nullable FrameWriter latePong;
    private boolean unflushed;
    private boolean finishing;
    private boolean finished;

    Outbox(Transport transport, int maxBytes) {
        this.transport = transport;
        this.maxBytes = maxBytes;
    }

    /** Whether the bound leaves room for a turn; where it does not, a policy would choose what to drop. */
    boolean hasRoom(Turn turn) {
        int bytes = turn.frames().length();
        return bytes == 0 || transport.unsent() + queuedBytes + bytes <= maxBytes;
    }

    /** Takes a turn's frames, in order. */
    void write(Turn turn) {
        if (isStalled()) {
            queue.add(turn);
            queuedBytes += turn.frames().length();
        } else {
            write(turn.frames());
        }
    }

    /** Answers a ping; while the peer does not read, only the last is answered (RFC 6455, section 5.5.3). */
    void pong(byte[] bytes, int offset, int length) {
        FrameWriter pong = new FrameWriter(FrameWriter.LONGEST_HEADER + length);
        pong.pong(bytes, offset, length);
        if (isStalled()) {
            latePong = pong;
        } else {
            write(pong);
        }
    }

    /** Drops what is queued; returns how many messages that were. */
    int clear() {
        int messages = queue.stream().mapToInt(Turn::messages).sum();
        queue.clear();
        queuedBytes = 0;
        latePong = null;
        return messages;
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            transport.flush();
        }
    }

    /** Goes on after a stall. */
    void drained() {
        FrameWriter pong = latePong;
        latePong = null;
        if (pong != null) {
            write(pong);
        }
        while (!queue.isEmpty() && transport.unsent() < STALLED) {
            writeNext();
        }
        flush();
        closeWhenWritten();
    }

    /** Closes the transport after everything. */
    void finish() {
        finishing = true;
        flush();
        closeWhenWritten();
    }

    private boolean isStalled() {
        return !queue.isEmpty() || transport.unsent() >= STALLED;
    }

    private void writeNext() {
        FrameWriter frames = queue.remove().frames();
        queuedBytes -= frames.length();
        write(frames);
    }

    private void write(FrameWriter frames) {
        if (frames.length() > 0) {
            transport.write(frames.array(), 0, frames.length());
            unflushed = true;
        }
    }

    private void closeWhenWritten() {
        if (finishing && !finished && queue.isEmpty()) {
            finished = true;
            transport.close();
        }
    }
}
