package org.pekkochannels.testkit;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.TaskCount;
import org.pekkochannels.concurrent.Ticker;

/**
 * The tasks of all executors and event loops of one actor system that were submitted and have not ended.
 *
 * <p>A mailbox with mail is a submitted task, and so is a running database call, so the system has nothing to do when the number is zero.
 * Thread-safe.
 */
final class Activity implements TaskCount {
    private final StartedThreads threads = new StartedThreads();
    private final MemberOrigins origins = new MemberOrigins();
    private long pending;
    private volatile @Nullable RuntimeException databaseFailure;
    // Grows with each task and each notice, so that two readings show whether anything has happened between them.
    private long changes;
    // Threads that wait for a change; the executors notify only if there is one.
    private int waiters;

    /** The threads that the tasks have created. */
    StartedThreads threads() {
        return threads;
    }

    /** Where group members and presence entries come from. */
    MemberOrigins origins() {
        return origins;
    }

    /** Each task for the database fails with this from now on; null to end that. */
    void failDatabase(@Nullable RuntimeException failure) {
        databaseFailure = failure;
    }

    /** Fails if the database shall. */
    void requireDatabase() {
        RuntimeException failure = databaseFailure;
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public synchronized void begin() {
        pending++;
        changes++;
        if (waiters > 0) {
            notifyAll();
        }
    }

    @Override
    public synchronized void end() {
        pending--;
        if (pending == 0) {
            notifyAll();
        }
    }

    /** Something has happened outside the executors, for example a client has received bytes. */
    synchronized void noteChange() {
        changes++;
        notifyAll();
    }

    /** A number that differs from an earlier one if anything has happened since. */
    synchronized long changes() {
        return changes;
    }

    synchronized long pending() {
        return pending;
    }

    /**
     * Waits until no task is pending.
     *
     * @param deadline a value of {@link Ticker#SYSTEM}
     * @return false if tasks are still pending at the deadline
     */
    synchronized boolean awaitIdle(long deadline) {
        while (pending > 0) {
            if (!pause(deadline)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Waits until something happens.
     *
     * @param since the {@link #changes} that the caller has seen
     * @param deadline a value of {@link Ticker#SYSTEM}
     * @return false if nothing has happened by the deadline
     */
    synchronized boolean awaitChange(long since, long deadline) {
        waiters++;
        try {
            while (changes == since) {
                if (!pause(deadline)) {
                    return false;
                }
            }
            return true;
        } finally {
            waiters--;
        }
    }

    private boolean pause(long deadline) {
        long left = deadline - Ticker.SYSTEM.read();
        if (left <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test's thread was interrupted while it waited for the application", e);
        }
    }
}
