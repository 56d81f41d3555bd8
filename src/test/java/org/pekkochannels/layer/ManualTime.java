package org.pekkochannels.layer;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.pekkochannels.concurrent.Ticker;

/** A clock and a scheduler that a test moves; tasks run on the test's thread. */
final class ManualTime implements Ticker, PresenceTicks.Scheduling {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing((Task task) -> task.due() - Long.MAX_VALUE));
    // Begins where a clock of nanoseconds may.
    private long nanos = Long.MAX_VALUE - 1_000_000;
    private int runs;

    private record Task(long due, Runnable code) {}

    @Override
    public long read() {
        return nanos;
    }

    @Override
    public void once(Duration delay, Runnable task) {
        tasks.add(new Task(nanos + delay.toNanos(), task));
    }

    /** Runs the tasks that are due within this time. */
    void pass(Duration time) {
        long end = nanos + time.toNanos();
        for (Task next = tasks.peek(); next != null && next.due() - end <= 0; next = tasks.peek()) {
            tasks.remove();
            nanos = next.due();
            runs++;
            next.code().run();
        }
        nanos = end;
    }

    /** The number of tasks that wait. */
    int waiting() {
        return tasks.size();
    }

    /** The number of tasks that have run. */
    int runs() {
        return runs;
    }
}
