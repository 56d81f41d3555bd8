package org.pekkochannels.layer.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The events that wait for their way to one node, bounded in bytes: beyond the bound the oldest are dropped and counted. Thread-safe.
 *
 * <p>One event is kept whatever its size.
 */
final class NodeQueue {
    /** The most events of a batch. */
    static final int BATCH_EVENTS = 64;

    /** A batch with this many bytes takes no further event. */
    static final int BATCH_BYTES = 64 << 10;

    // What the queue itself takes for each event.
    private static final int OVERHEAD = 24;

    // All guarded by this.
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private final long most;
    private long bytes;
    private long lost;

    NodeQueue(long most) {
        this.most = most;
    }

    /**
     * What leaves at once.
     *
     * @param lost how many events before these were dropped
     * @param events the events
     */
    record Taken(long lost, List<byte[]> events) {}

    synchronized void add(byte[] event) {
        waiting.add(event);
        bytes += event.length + OVERHEAD;
        while (bytes > most && waiting.size() > 1) {
            remove();
            lost++;
        }
    }

    private byte[] remove() {
        byte[] event = waiting.remove();
        bytes -= event.length + OVERHEAD;
        return event;
    }

    synchronized Taken take() {
        List<byte[]> events = new ArrayList<>(Math.min(waiting.size(), BATCH_EVENTS));
        int size = 0;
        while (!waiting.isEmpty() && events.size() < BATCH_EVENTS && size < BATCH_BYTES) {
            byte[] event = remove();
            size += event.length;
            events.add(event);
        }
        Taken taken = new Taken(lost, events);
        lost = 0;
        return taken;
    }

    /** Whether something is to be told: an event, or the loss of one. */
    synchronized boolean isWaiting() {
        return lost > 0 || !waiting.isEmpty();
    }
}
