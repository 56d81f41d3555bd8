package org.pekkochannels.database;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.Counted;

/**
 * The result of a database call, or a stage derived from it. Threads of the same database cannot wait for it.
 *
 * <p>There {@code join} and {@code get} fail with {@link IllegalStateException} until it is complete: if every thread were in such a
 * callback, no thread would be left to do the work for which they wait. Thread-safe, like its parent class.
 *
 * @param <T> the result
 */
final class CallFuture<T extends @Nullable Object> extends ConfinedFuture<T> {
    // The admission for which this thread works.
    private static final ThreadLocal<@Nullable Admission> OF_THREAD = new ThreadLocal<>();

    private final Admission database;

    CallFuture(Executor owner, Admission database) {
        super(owner);
        this.database = database;
    }

    /** Runs a call, and the calls after it, on this thread, which belongs to the database meanwhile. */
    static void work(Admission database, Call<?> first) {
        OF_THREAD.set(database);
        try {
            database.work(first);
        } finally {
            OF_THREAD.remove();
        }
    }

    @Override
    public <U extends @Nullable Object> CallFuture<U> newIncompleteFuture() {
        CallFuture<U> child = new CallFuture<>(defaultExecutor(), database);
        derived(child);
        return child;
    }

    @Override
    protected void refuseToWait(String call) {
        super.refuseToWait(call);
        if (OF_THREAD.get() == database) {
            throw new IllegalStateException("a callback called " + call + " on a stage of the same database that is not"
                    + " complete, and itself occupies one of the "
                    + Counted.of(database.load().threads(), "thread") + ": callbacks that"
                    + " wait for a further one could all wait for each other; use the callback's handle, or let it end and"
                    + " continue with thenCompose(..)");
        }
    }
}
