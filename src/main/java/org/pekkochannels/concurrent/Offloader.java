package org.pekkochannels.concurrent;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the tasks of a thread that must not block, such as an event loop, on an executor, one after another in order.
 *
 * <p>A task that fails, whatever it throws, is logged, and the next one runs. Only one thread may add tasks. If the executor rejects them,
 * they run on that thread. At most {@value #MOST} tasks may be pending.
 */
public final class Offloader {
    /**
     * The bound of pending tasks: one per consumer of a loop, with the 20,000 of channels.http.max-websockets on two loops. Consumers that
     * wait for the stage of one send before the next lose nothing.
     */
    public static final int MOST = 10_000;

    private static final SafeLog LOG = SafeLog.of(Offloader.class);

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Executor executor;

    /**
     * Creates an offloader without tasks.
     *
     * @param executor runs the tasks
     */
    public Offloader(Executor executor) {
        this.executor = executor;
    }

    /** A thread with an offloader, such as an event loop's. */
    public interface Source {
        /**
         * The thread's offloader. Only the thread itself may add tasks.
         *
         * @return the offloader
         */
        Offloader offloader();
    }

    /**
     * Whether no task is pending.
     *
     * @return true if a task that the adding thread runs itself now runs after all that it added
     */
    public boolean isIdle() {
        return pending.get() == 0;
    }

    /**
     * Whether no further task may be added for now. A thread that ran the task itself would overtake the pending ones.
     *
     * @return true if {@value #MOST} tasks are pending
     */
    public boolean isFull() {
        return pending.get() >= MOST;
    }

    /**
     * Adds a task, which runs after those added before; check {@link #isFull} first.
     *
     * @param task the task
     */
    public void add(Runnable task) {
        queue.add(task);
        if (pending.getAndIncrement() == 0) {
            start();
        }
    }

    /** If the executor rejects it, as at the end of its system, the adding thread runs it: no earlier task is pending. */
    private void start() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("executor rejected a task; running it on the calling thread", e);
            run();
        }
    }

    private void run() {
        Runnable task = queue.poll();
        while (task != null) {
            attempt(task);
            task = pending.decrementAndGet() == 0 ? null : queue.poll();
        }
    }

    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // even a fatal error must not stop the tasks after it
            LOG.error("an offloaded task failed", e);
        }
    }
}
