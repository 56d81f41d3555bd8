package org.pekkochannels.database.jdbc;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.concurrent.SafeLog;

/**
 * The one thread on which a pool closes idle and old connections. Thread-safe.
 *
 * <p>HikariCP's own executor drops the periodic task when it throws, which a log filter or an appender can cause: idle connections would
 * then stay open until the pool is closed.
 */
public final class Housekeeper extends ScheduledThreadPoolExecutor {
    private static final SafeLog LOG = SafeLog.of(Housekeeper.class);

    /** Starts its thread with the first task. */
    public Housekeeper(String poolName) {
        super(
                1,
                task -> {
                    Thread thread = new Thread(task, poolName + ":housekeeper");
                    thread.setDaemon(true);
                    return thread;
                },
                new DiscardPolicy());
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        setRemoveOnCancelPolicy(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(() -> attempt(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return super.scheduleWithFixedDelay(() -> attempt(task), initialDelay, delay, unit);
    }

    /** Errors end here too: if thrown again they would only reach the task's future, which is never read. */
    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.warn("a housekeeping task of the connection pool failed; the next one runs as planned", failure);
        }
    }
}
