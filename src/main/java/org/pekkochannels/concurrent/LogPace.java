package org.pekkochannels.concurrent;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets one line of a log through in an interval, so that clients cannot fill the log, and counts what has no line of its own.
 * Thread-safe.
 */
public final class LogPace {
    private final long intervalNanos;
    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private final LongAdder unlogged = new LongAdder();

    private LogPace(Duration interval) {
        intervalNanos = interval.toNanos();
    }

    /**
     * A pace whose first line may be written at once.
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
     * @return how many there were since the last line, this one included, if a line is to be written now; 0 if not
     */
    public long next() {
        unlogged.increment();
        long from = due.get();
        long now = System.nanoTime();
        // Another thread may have taken this one's count with its own line.
        return now - from >= 0 && due.compareAndSet(from, now + intervalNanos)
                ? Math.max(1, unlogged.sumThenReset())
                : 0;
    }
}
