package org.pekkochannels.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.protocol.CloseReason;

/**
 * The end of one connection; only its actor completes it. Thread-safe.
 *
 * <p>All code of the consumer shares this stage: a separate one per caller, and so per message, would stay in memory until the end.
 * Therefore a caller cannot complete it: methods such as {@code orTimeout(..)} change a copy or have no effect.
 */
final class ConnectionEnd extends ConfinedFuture<CloseReason> {
    private static final String SHARED =
            "ended() is shared by all stages that wait for the connection's end, and cannot be changed; change a copy()";

    ConnectionEnd(TurnExecutor turn) {
        super(turn);
    }

    /** Completes the stage; only the first reason counts. Called on the turn. */
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
