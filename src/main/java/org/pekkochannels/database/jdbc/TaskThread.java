package org.pekkochannels.database.jdbc;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.pekkochannels.concurrent.SafeLog;

/**
 * One thread that runs short tasks later. Thread-safe.
 *
 * <p>The failure of a task is logged and counted. It does not affect other tasks, and a periodic task runs again. Other executors drop a
 * periodic task when it throws, which a log filter or an appender can cause. On HikariCP's own executor, idle connections would then stay
 * open until the pool is closed. The thread starts with the first task.
 */
public final class TaskThread extends ScheduledThreadPoolExecutor {
    private static final SafeLog LOG = SafeLog.of(TaskThread.class);
    private static final LongAdder FAILURES = new LongAdder();

    private final String name;

    private TaskThread(String name) {
        super(1, threads(name), new DiscardPolicy());
        this.name = name;
        setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        setRemoveOnCancelPolicy(true);
    }

    /** The thread on which a pool closes idle and old connections, until the pool is closed. */
    public static TaskThread ofPool(String poolName) {
        return new TaskThread(poolName + ":housekeeper");
    }

    /** A thread of the JVM, which ends when no task was due for this many seconds. */
    static TaskThread endingWhenIdle(String name, int seconds) {
        TaskThread thread = new TaskThread(name);
        thread.setKeepAliveTime(seconds, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** The number of failed tasks of all these threads. */
    public static long failures() {
        return FAILURES.sum();
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
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            FAILURES.increment();
            LOG.warn("{}: a task failed; the next one runs as planned", name, failure);
        }
    }

    private static ThreadFactory threads(String name) {
        return tasks -> {
            Thread thread = new Thread(tasks, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(null); // the thread may outlive the application's class loader
            return thread;
        };
    }
}
