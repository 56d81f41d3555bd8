package org.pekkochannels.concurrent;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that a thread which must not be held up has others do, one piece after the other, in its order.
 *
 * <p>What fails is logged, whatever it throws, and the next is done. Given by one thread; run on an executor's, or, where
 * that takes no more, on the thread that gives. At most {@value #MOST} pieces wait.
 */
public final class Errands {
    /**
     * How much may wait: one piece of each consumer's of a loop, of channels.http.max-websockets' 20000 on two loops, so that
     * those that wait for theirs before they give more lose none.
     */
    public static final int MOST = 10_000;

    private static final SafeLog LOG = SafeLog.of(Errands.class);

    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final Executor executor;

    /**
     * No work yet.
     *
     * @param executor runs it
     */
    public Errands(Executor executor) {
        this.executor = executor;
    }

    /** A thread that has errands, as an event loop's has. */
    public interface Source {
        /**
         * The thread's errands; to be given by it only.
         *
         * @return the errands
         */
        Errands errands();
    }

    /**
     * Whether all that was given has been done.
     *
     * @return true if what the giving thread does itself now comes after it
     */
    public boolean areDone() {
        return pending.get() == 0;
    }

    /**
     * Whether no more may be given for now: who did the work itself would overtake what waits.
     *
     * @return true if {@value #MOST} pieces wait
     */
    public boolean areFull() {
        return pending.get() >= MOST;
    }

    /**
     * Does a piece of work elsewhere, after those given before; to be asked {@link #areFull} first.
     *
     * @param work what is to be done
     */
    public void give(Runnable work) {
        queue.add(work);
        if (pending.getAndIncrement() == 0) {
            start();
        }
    }

    /** Without an executor, as at the end of its system, the giving thread does it: nothing else waits that came before. */
    private void start() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("Executor rejected a task; running it on the calling thread", e);
            run();
        }
    }

    private void run() {
        Runnable work = queue.poll();
        while (work != null) {
            attempt(work);
            work = pending.decrementAndGet() == 0 ? null : queue.poll();
        }
    }

    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) { // a fatal error too must not keep all that comes after from being done
            LOG.error("an errand failed", e);
        }
    }
}
