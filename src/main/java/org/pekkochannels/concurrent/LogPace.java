package org.pekkochannels.concurrent;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Permits one log line per interval, so that clients cannot fill the log, and counts the occurrences between lines. Thread-safe. */
public final class LogPace {
    private final long intervalNanos;
    private final AtomicLong due = new AtomicLong(Ticker.SYSTEM.read());
    private final LongAdder unlogged = new LongAdder();

    private LogPace(Duration interval) {
        intervalNanos = interval.toNanos();
    }

    /**
     * A pace that permits the first line at once.
     *
     * @param interval the shortest time between two lines
     * @return the pace
     */
    public static LogPace of(Duration interval) {
        return new LogPace(interval);
    }

    /**
     * Counts one occurrence.
     *
     * @return if a line is to be written now, the number of occurrences since the last line, including this one; otherwise 0
     */
    public long next() {
        unlogged.increment();
        long from = due.get();
        long now = Ticker.SYSTEM.read();
        // Another thread's line may already include this occurrence.
        return now - from >= 0 && due.compareAndSet(from, now + intervalNanos)
                ? Math.max(1, unlogged.sumThenReset())
                : 0;
    }
}
