package org.pekkochannels.layer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;

/** Warns of events that are dropped because a channel is full: of the first at once, then in at most one line a minute. Thread-safe. */
final class DropLog {
    private static final SafeLog LOG = SafeLog.of(DropLog.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongAdder unlogged = new LongAdder();
    private final AtomicLong due;

    /** The first line may be logged at once. */
    DropLog(long nanoTime) {
        due = new AtomicLong(nanoTime);
    }

    /**
     * Counts dropped events, and logs them if a line is due.
     *
     * @param events how many
     * @param place the channel or group they were sent to
     * @param bound the number of events that may wait there
     * @param nanoTime the current time
     */
    void dropped(int events, String place, int bound, long nanoTime) {
        unlogged.add(events);
        long from = due.get();
        if (nanoTime - from >= 0 && due.compareAndSet(from, nanoTime + PAUSE_NANOS)) {
            LOG.warn(
                    "channels.layer: dropped {}, the last for {}, where {} may wait (channels.layer.capacity);"
                            + " its consumer handles events more slowly than they are sent. Logged at most once a minute;"
                            + " channels.layer.dropped counts all",
                    Counted.of(unlogged.sumThenReset(), "event"),
                    place,
                    bound);
        }
    }

    /** Logs events that were lost on the way to this node: once for each gap, because a layer reports one for each outage. */
    void lost(Gap gap, long events) {
        LOG.warn(
                "channels.layer: lost {} of {} on the way to this node; their groups' consumers"
                        + " handle it in missed(..). channels.layer.lost counts all",
                events == 0 ? "events" : Counted.of(events, "event"),
                gap.groups().isEmpty() ? "any group" : "the groups " + gap.groups());
    }
}
