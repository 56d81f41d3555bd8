package org.pekkochannels.websocket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.codec.FrameWriter;

/**
 * What goes to the peer: straight to the transport while that takes it, else into a queue until it has drained.
 *
 * <p>The queue exists so that what a slow peer has not read can still be dropped: whole messages, and none of which a
 * part was given to the transport. Control frames do not wait in it. Confined to the connection's thread.
 */
final class Outbox {
    // Above Transport.LOW_WATER, so that a stalled transport is sure to drain; two of its marks keep a fast peer busy.
    private static final int STALLED = 2 * Transport.LOW_WATER;

    private final Transport transport;
    private final long maxBytes;
    private final SlowReader policy;
    private final WebSocketCounters counters;
    private final Backlog<TurnOutput> queue = new Backlog<>();
    private long queuedBytes;
    private @Nullable FrameWriter latePong;
    private @Nullable CloseReason lateClose;
    private List<Runnable> whenDrained = List.of();
    private boolean unflushed;
    private End end = End.NOT_ASKED;

    /**
     * The end of our side, as far as it has come; never back.
     *
     * <p>The session asks once, by {@link #finish}. The transport is told at once if the queue is empty, otherwise by the
     * {@link #drained} that empties it. A close frame that waits for the queue is written before, in the same call.
     */
    private enum End {
        NOT_ASKED,
        /** Asked for; the queue must empty first. */
        AFTER_QUEUE,
        /** The transport sends FIN after what it has. */
        LEFT_TO_TRANSPORT
    }

    Outbox(Transport transport, int maxBytes, SlowReader policy, WebSocketCounters counters) {
        this.transport = transport;
        this.maxBytes = maxBytes;
        this.policy = policy;
        this.counters = counters;
    }

    /** Makes room for a turn where the bound leaves none, as the policy says; false if that is to end the connection. */
    boolean admits(TurnOutput turn) {
        if (hasRoom(turn)) {
            return true;
        }
        counters.crossed(Limit.MAX_OUTBOUND_BYTES);
        switch (policy) {
            case CLOSE -> {
                return false;
            }
            case DROP_OLDEST -> counters.shed(dropOldestFor(turn));
            case DROP_NEWEST -> counters.shed(turn.dropBeyond(room()));
        }
        return true;
    }

    /** Whether a turn would have room if nothing else waited. */
    boolean couldHold(TurnOutput turn) {
        return turn.bytes() <= maxBytes;
    }

    /** Takes a turn's frames, in order. */
    void write(TurnOutput turn) {
        if (turn.bytes() == 0) {
            return;
        }
        if (isStalled()) {
            queuedBytes += turn.bytes();
            enqueue(turn);
        } else {
            send(turn);
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

    /** Sends a ping, unless output waits: then that must be answered first, by being read. */
    boolean ping() {
        if (isStalled()) {
            return false;
        }
        FrameWriter ping = new FrameWriter(FrameWriter.LONGEST_HEADER);
        ping.ping();
        write(ping);
        return true;
    }

    /** Sends a close frame after everything; nothing may follow. */
    void close(CloseReason reason) {
        if (queue.isEmpty()) {
            writeLatePong();
            FrameWriter close = new FrameWriter(FrameWriter.LONGEST_HEADER);
            close.close(reason);
            write(close);
        } else {
            lateClose = reason;
        }
    }

    /** Runs a task as soon as no more than the transport's low-water mark is unsent; never, if it is cleared before. */
    void whenDrained(Runnable task) {
        if (unsent() <= Transport.LOW_WATER) {
            task.run();
            return;
        }
        if (whenDrained.isEmpty()) {
            whenDrained = new ArrayList<>(1);
        }
        whenDrained.add(task);
    }

    /** Drops what is queued, but a close frame; returns how many messages that were. */
    int clear() {
        whenDrained = List.of();
        int messages = queue.stream().mapToInt(TurnOutput::messages).sum();
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

    /** How much waits, here or in the transport. */
    long unsent() {
        return transport.unsent() + queuedBytes;
    }

    /** Goes on after a stall. */
    void drained() {
        writeLatePong();
        while (!queue.isEmpty() && transport.unsent() < STALLED) {
            writeNext();
        }
        CloseReason close = lateClose;
        if (close != null && queue.isEmpty()) {
            lateClose = null;
            close(close);
        }
        flush();
        endWhenWritten();
        // Last, because the tasks may write more.
        tellDrained();
    }

    /**
     * Ends our side of the transport after everything. Not the peer's, even if it has said its last word: were it to speak all
     * the same, that would reset the connection, and our close frame with it (RFC 6455, section 7.1.1).
     */
    void finish() {
        if (end == End.NOT_ASKED) {
            end = End.AFTER_QUEUE;
        }
        flush();
        endWhenWritten();
    }

    private void writeLatePong() {
        FrameWriter pong = latePong;
        latePong = null;
        if (pong != null) {
            write(pong);
        }
    }

    private void tellDrained() {
        if (!whenDrained.isEmpty() && unsent() <= Transport.LOW_WATER) {
            List<Runnable> told = whenDrained;
            whenDrained = List.of();
            told.forEach(Runnable::run);
        }
    }

    /** Drops what has waited longest, then the first of the turn, until the turn has room; returns how many messages. */
    private int dropOldestFor(TurnOutput turn) {
        int dropped = 0;
        for (TurnOutput oldest = queue.peek(); oldest != null && !hasRoom(turn); oldest = queue.peek()) {
            int before = oldest.bytes();
            oldest.dropFirst();
            queuedBytes -= before - oldest.bytes();
            dropped++;
            if (oldest.bytes() == 0) {
                queue.remove();
            }
        }
        for (; !hasRoom(turn); dropped++) {
            turn.dropFirst();
        }
        return dropped;
    }

    private boolean hasRoom(TurnOutput turn) {
        return turn.bytes() == 0 || room() >= turn.bytes();
    }

    private long room() {
        return maxBytes - unsent();
    }

    private boolean isStalled() {
        return !queue.isEmpty() || transport.unsent() >= STALLED;
    }

    private void enqueue(TurnOutput turn) {
        TurnOutput last = queue.peekLast();
        if (last == null || !last.merge(turn)) {
            queue.add(turn);
        }
    }

    private void writeNext() {
        TurnOutput next = queue.remove();
        queuedBytes -= next.bytes();
        send(next);
    }

    /** Counts what is written, and not what waits: that may still be shed, or lost with the connection. */
    private void send(TurnOutput turn) {
        counters.sent(turn.messages(), turn.bytes());
        write(turn.array(), turn.first(), turn.bytes());
    }

    private void write(FrameWriter control) {
        write(control.array(), 0, control.length());
    }

    private void write(byte[] bytes, int offset, int length) {
        transport.write(bytes, offset, length);
        unflushed = true;
    }

    private void endWhenWritten() {
        if (end == End.AFTER_QUEUE && queue.isEmpty()) {
            end = End.LEFT_TO_TRANSPORT;
            transport.shutdownOutput();
        }
    }
}
