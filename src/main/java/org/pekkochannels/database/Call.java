package org.pekkochannels.database;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;

/**
 * One piece of database work on its way from its caller to a database thread and back.
 *
 * <p>Confined to one thread at a time; each hand-over is by an executor or a lock.
 *
 * @param <T> the result
 */
final class Call<T extends @Nullable Object> {
    private final MessageWork<T> work;
    private final Gate gate;
    private final Executor owner;
    private final boolean cleanup;
    private final @Nullable Deadline deadline;
    private final ConfinedFuture<T> result;
    private final LogContext caller = LogContext.current();
    private LogContext after = caller;
    private @Nullable T value;
    private @Nullable Throwable failure;

    Call(MessageWork<T> work, Gate gate, Executor owner, boolean cleanup, @Nullable Deadline deadline) {
        this.work = work;
        this.gate = gate;
        this.owner = owner;
        this.cleanup = cleanup;
        this.deadline = deadline;
        this.result = new ConfinedFuture<>(owner);
    }

    /** Completes on the owner, after the work's handle was closed. */
    CompletionStage<T> result() {
        return result;
    }

    /** Whether no bound of waiting holds for it. */
    boolean isCleanup() {
        return cleanup;
    }

    /** When it must be over, if its caller has said so. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    boolean entered(Gate other) {
        return gate == other;
    }

    /** Does the work on this thread, in the caller's logging context, unless the caller has given up; never throws. */
    void run() {
        if (result.isDone()) {
            return;
        }
        caller.replace(LogContext.EMPTY);
        failure = null;
        try {
            value = work.attempt();
        } catch (Throwable thrown) {
            failure = work.explained(thrown);
        }
        leaveNoTrace();
    }

    /** How long to wait before {@link #run} is called once more, or {@link MessageWork#NEVER}. */
    long retryMillis() {
        return failure == null || result.isDone() ? MessageWork.NEVER : work.retryMillis(failure);
    }

    /** Sends the outcome to the owner; never throws. */
    void deliver() {
        gate.leave();
        send();
    }

    /** Sends a failure instead of an outcome. */
    void fail(Throwable reason) {
        failure = reason;
        deliver();
    }

    /** Sends a failure because the gate did not let this call in. */
    void refuse(Throwable reason) {
        failure = reason;
        send();
    }

    // The next call on this thread must find neither this one's logging context nor its interruption.
    private void leaveNoTrace() {
        after = LogContext.current();
        LogContext.EMPTY.replace(after);
        Thread.interrupted();
    }

    private void send() {
        try {
            owner.execute(() -> after.around(this::complete));
        } catch (Throwable rejected) {
            // The owner is gone: whoever still waits for the stage must not wait for ever.
            result.completeExceptionally(rejected);
        }
    }

    @SuppressWarnings("NullAway") // The value is absent only where T allows it.
    private void complete() {
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(work.told(failure));
        }
    }
}
