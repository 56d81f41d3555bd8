package org.pekkochannels.websocket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.codec.FrameWriter;

/**
 * Output to the peer: written directly while the transport accepts it, otherwise queued until the transport has drained.
 *
 * <p>The queue makes it possible to drop messages that a slow peer has not read: only whole messages, of which no part was passed to the
 * transport. Control frames are not queued. Confined to the connection's thread.
 */
final class Outbox {
    // Above Transport.LOW_WATER, so that a stalled transport is certain to report that it has drained; twice that mark
    // keeps a fast peer busy.
    private static final int STALLED = 2 * Transport.LOW_WATER;

    // Caused by the consumer: the turn would not fit even if nothing were queued, however fast the peer reads.
    private static final CloseReason TOO_MUCH_AT_ONCE =
            new CloseReason(CloseCode.TRY_AGAIN_LATER, "too much sent at once");

    private final Transport transport;
    private final int maxBytes;
    private final SlowReader policy;
    private final WebSocketCounters counters;
    private final Backlog<TurnOutput> queue = new Backlog<>();
    // Those of the queue, by their keys.
    private Map<Object, LatestOutput> latest = Map.of();
    private long queuedBytes;
    private @Nullable FrameWriter latePong;
    private @Nullable CloseReason lateClose;
    private List<Runnable> whenDrained = List.of();
    private boolean unflushed;
    private End end = End.NOT_ASKED;

    /**
     * How far the end of our side has come; never back.
     *
     * <p>The session requests it once, by {@link #finish}. It is passed to the transport at once if the queue is empty, otherwise by the
     * {@link #drained} that empties the queue. A close frame that waits for the queue is written before, in the same call.
     */
    private enum End {
        NOT_ASKED,
        /** Requested; the queue must empty first. */
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

    /** Makes room for a turn that exceeds the bound, according to the policy; false if the connection must be closed. */
    boolean admits(TurnOutput turn) {
        if (hasRoom(turn)) {
            return true;
        }
        if (policy == SlowReader.CLOSE) {
            return false;
        }
        counters.crossed(Limit.MAX_OUTBOUND_BYTES);
        counters.shed(policy == SlowReader.DROP_OLDEST ? dropOldestFor(turn) : turn.dropBeyond(room()));
        return true;
    }

    /** Why a turn that is not admitted closes the connection. */
    CloseReason reasonAgainst(TurnOutput turn) {
        return turn.bytes() > maxBytes ? TOO_MUCH_AT_ONCE : Limit.MAX_OUTBOUND_BYTES.reason();
    }

    /** Writes a turn's frames, in order. */
    void write(TurnOutput turn) {
        if (turn.bytes() == 0) {
            return;
        }
        if (!isStalled()) {
            send(turn);
        } else if (!(turn instanceof LatestOutput newer) || !replaces(newer)) {
            queuedBytes += turn.bytes();
            enqueue(turn);
        }
    }

    /** The newer message keeps the place of the one that it replaces. */
    private boolean replaces(LatestOutput newer) {
        LatestOutput waiting = latest.get(newer.key());
        if (waiting == null) {
            return false;
        }
        queuedBytes += newer.bytes() - waiting.bytes();
        waiting.replaceBy(newer);
        counters.replaced();
        return true;
    }

    /** Answers a ping. While the peer does not read, only the last ping is answered (RFC 6455, section 5.5.3). */
    void pong(byte[] bytes, int offset, int length) {
        FrameWriter pong = new FrameWriter(FrameWriter.LONGEST_HEADER + length);
        pong.pong(bytes, offset, length);
        if (isStalled()) {
            latePong = pong;
        } else {
            write(pong);
        }
    }

    /** Sends a ping, unless output waits: the peer must read that output first. */
    boolean ping() {
        if (isStalled()) {
            return false;
        }
        FrameWriter ping = new FrameWriter(FrameWriter.LONGEST_HEADER);
        ping.ping();
        write(ping);
        return true;
    }

    /** Sends a close frame after all output; nothing may follow. */
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

    /** Runs a task as soon as the unsent bytes are at most the transport's low-water mark; never, if the outbox is cleared before. */
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

    /** Drops the queue except a close frame; returns the number of messages. */
    int clear() {
        whenDrained = List.of();
        int messages = queue.stream().mapToInt(TurnOutput::messages).sum();
        queue.clear();
        latest = Map.of();
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

    /** The number of bytes that wait, here or in the transport. */
    long unsent() {
        return transport.unsent() + queuedBytes;
    }

    /** Continues after a stall. */
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
     * Ends our side of the transport after all output. The peer's side stays open even after its close frame: if the peer sent anything
     * more, closing would reset the connection and lose our close frame (RFC 6455, section 7.1.1).
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

    /** Drops the oldest messages, then the first ones of the turn, until the turn fits; returns the number of messages. */
    private int dropOldestFor(TurnOutput turn) {
        int dropped = 0;
        for (TurnOutput oldest = queue.peek(); oldest != null && !hasRoom(turn); oldest = queue.peek()) {
            int before = oldest.bytes();
            oldest.dropFirst();
            queuedBytes -= before - oldest.bytes();
            dropped++;
            if (oldest.bytes() == 0) {
                removeFirst();
            }
        }
        for (; !hasRoom(turn); dropped++) {
            turn.dropFirst();
        }
        return dropped;
    }

    private boolean hasRoom(TurnOutput turn) {
        return turn.bytes() == 0 || room() >= turn.bytes() || fitsAsReplacement(turn);
    }

    private boolean fitsAsReplacement(TurnOutput turn) {
        if (!(turn instanceof LatestOutput newer)) {
            return false;
        }
        LatestOutput waiting = latest.get(newer.key());
        return waiting != null && room() + waiting.bytes() >= newer.bytes();
    }

    private long room() {
        return maxBytes - unsent();
    }

    private boolean isStalled() {
        return !queue.isEmpty() || transport.unsent() >= STALLED;
    }

    private void enqueue(TurnOutput turn) {
        TurnOutput last = queue.peekLast();
        if (turn instanceof LatestOutput newest) {
            remember(newest);
            queue.add(turn);
        } else if (last == null || !last.merge(turn)) {
            queue.add(turn);
        }
    }

    private void remember(LatestOutput newest) {
        if (latest.isEmpty()) {
            latest = new HashMap<>();
        }
        latest.put(newest.key(), newest);
    }

    private TurnOutput removeFirst() {
        TurnOutput first = queue.remove();
        if (first instanceof LatestOutput one) {
            latest.remove(one.key());
        }
        if (queue.isEmpty()) {
            // A table that has grown is freed.
            latest = Map.of();
        }
        return first;
    }

    private void writeNext() {
        TurnOutput next = removeFirst();
        queuedBytes -= next.bytes();
        send(next);
    }

    /** Counts messages when they are written, because queued ones may still be dropped, or lost with the connection. */
    private void send(TurnOutput turn) {
        byte[] array = turn.array();
        counters.sent(turn.messages(), turn.bytes());
        write(array, turn.first(), turn.bytes());
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
