package org.pekkochannels.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.protocol.CloseReason;

/**
 * The end of one connection, which only its actor completes. Thread-safe.
 *
 * <p>All that the consumer makes depend on it share it: one for each caller would stay until the end, one for each message. So
 * what a caller does to complete it, such as {@code orTimeout(..)}, changes a copy, or nothing.
 */
final class ConnectionEnd extends ConfinedFuture<CloseReason> {
    private static final String SHARED =
            "ended() is shared by all that wait for the connection's end, and cannot be changed; change a copy()";

    ConnectionEnd(TurnExecutor turn) {
        super(turn);
    }

    /** It has come; only the first reason counts. On the turn. */
    void come(CloseReason reason) {
        super.complete(reason);
    }

    @Override
    public boolean complete(CloseReason reason) {
        return false;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return false;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return false;
    }

    @Override
    public CompletableFuture<CloseReason> orTimeout(long timeout, TimeUnit unit) {
        return copy().orTimeout(timeout, unit);
    }

    @Override
    public CompletableFuture<CloseReason> completeOnTimeout(CloseReason reason, long timeout, TimeUnit unit) {
        return copy().completeOnTimeout(reason, timeout, unit);
    }

    @Override
    public CompletableFuture<CloseReason> completeAsync(Supplier<? extends CloseReason> supplier, Executor executor) {
        return copy().completeAsync(supplier, executor);
    }

    @Override
    public void obtrudeValue(CloseReason reason) {
        throw new UnsupportedOperationException(SHARED);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        throw new UnsupportedOperationException(SHARED);
    }
}
