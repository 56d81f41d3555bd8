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
    private final Observation observation;
    private final CallContext context;
    private @Nullable T value;
    private @Nullable Throwable failure;

    Call(
            MessageWork<T> work,
            Gate gate,
            Executor owner,
            boolean cleanup,
            @Nullable Deadline deadline,
            Observation observation) {
        this.work = work;
        this.gate = gate;
        this.owner = owner;
        this.cleanup = cleanup;
        this.deadline = deadline;
        this.result = new ConfinedFuture<>(owner);
        this.observation = observation;
        this.context = new CallContext(observation.trace());
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

    /** Does the work on this thread, in the caller's context, unless the caller has given up; never throws. */
    void run() {
        if (result.isDone()) {
            return;
        }
        context.enter();
        observation.started();
        failure = null;
        try {
            value = work.attempt();
        } catch (Throwable thrown) {
            failure = work.explained(thrown);
        }
        observation.stopped();
        context.leave();
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

    private void send() {
        observation.ended(failure);
        try {
            owner.execute(() -> context.around(this::complete));
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
