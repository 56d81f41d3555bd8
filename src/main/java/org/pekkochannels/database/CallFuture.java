package org.pekkochannels.database;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;

/**
 * The result of a database call, or what follows from it, for which no thread of the same database waits.
 *
 * <p>There {@code join} and {@code get} fail with {@link IllegalStateException} until it is complete: with every thread in
 * such a callback, nobody would be left to do what they all wait for. Thread-safe, as its parent is.
 *
 * @param <T> the result
 */
final class CallFuture<T extends @Nullable Object> extends ConfinedFuture<T> {
    // Whom this thread works for.
    private static final ThreadLocal<@Nullable Admission> OF_THREAD = new ThreadLocal<>();

    private final Admission database;

    CallFuture(Executor owner, Admission database) {
        super(owner);
        this.database = database;
    }

    /** Works on a call, and on those after it, on this thread, which is the database's meanwhile. */
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
            throw new IllegalStateException("a callback called " + call + " on a stage of its own database that is not"
                    + " complete, and holds one of the " + database.load().threads() + " threads itself: callbacks that"
                    + " wait for one more can all wait for each other; use the callback's handle, or let it end and go on"
                    + " with thenCompose(..)");
        }
    }
}
