package org.pekkochannels.database.jdbc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs short tasks of databases later, on one thread of the JVM. Thread-safe.
 *
 * <p>It replaces the JDK's timer thread, which also runs the application's continuations of {@code orTimeout(..)}: one that blocks would
 * delay the timeouts of every database. The thread ends when no task was due for {@value #IDLE_SECONDS} seconds.
 */
public final class TimerThread {
    private static final int IDLE_SECONDS = 2;
    private static final TaskThread TASKS = TaskThread.endingWhenIdle("channels-database-timer", IDLE_SECONDS);

    private TimerThread() {}

    /**
     * Sets a timer.
     *
     * @param task must not block; its failure is logged and counted
     * @return cancels it
     */
    public static Future<?> after(Duration delay, Runnable task) {
        return TASKS.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
