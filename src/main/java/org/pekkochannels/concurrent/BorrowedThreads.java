package org.pekkochannels.concurrent;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An executor over threads that it does not own: shutting it down leaves them running. Thread-safe.
 *
 * <p>Pekko shuts down a dispatcher's executor when the dispatcher has been idle, and asks whether it has terminated.
 */
public abstract class BorrowedThreads extends AbstractExecutorService {
    private volatile boolean shutDown;

    /** Creates an executor that is not shut down. */
    protected BorrowedThreads() {}

    @Override
    public final void shutdown() {
        shutDown = true;
    }

    @Override
    public final List<Runnable> shutdownNow() {
        shutDown = true;
        return List.of();
    }

    @Override
    public final boolean isShutdown() {
        return shutDown;
    }

    @Override
    public final boolean isTerminated() {
        return shutDown;
    }

    @Override
    public final boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}
