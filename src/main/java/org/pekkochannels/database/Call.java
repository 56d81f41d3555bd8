package org.pekkochannels.database;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * One call of the database on its way from its caller to a database thread and back.
 *
 * <p>Confined to one thread at a time; each hand-over is by an executor or a lock.
 *
 * @param <T> the result
 */
final class Call<T extends @Nullable Object> {
    private final CallbackWork<T> work;
    private final Gate gate;
    private final CallOptions options;
    private final @Nullable Deadline deadline;
    private final @Nullable Cancellation cancellation;
    private final CallFuture<T> result;
    private final Observation observation;
    private final CallContext context;
    private @Nullable T value;
    private @Nullable Throwable failure;
    private volatile @Nullable Cancellable alarm;
    // Whether it no longer waits. The alarm may be set after a thread has taken the call, or after its end.
    private volatile boolean alarmStopped;

    Call(
            CallbackWork<T> work,
            Gate gate,
            CallOptions options,
            @Nullable Deadline deadline,
            @Nullable Cancellation cancellation,
            Observation observation,
            CallFuture<T> result) {
        this.work = work;
        this.gate = gate;
        this.options = options;
        this.deadline = deadline;
        this.cancellation = cancellation;
        this.result = result;
        this.observation = observation;
        this.context = new CallContext(observation.trace());
    }

    /** Completes on the owner, after the work's handle was closed. */
    CompletableFuture<T> result() {
        return result;
    }

    /** Whether it is exempt from the bounds of waiting. */
    boolean isCleanup() {
        return options.cleanup();
    }

    /** The caller's deadline, if any. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** Whether it must not start any more, and was not dropped yet. */
    boolean isCancelled() {
        return cancellation != null && cancellation.isRequested();
    }

    /** Whether cancellation is its outcome. */
    boolean wasCancelled() {
        return cancellation != null && failure instanceof DatabaseCancelledException;
    }

    /** The failure of a dropped call, with the failure of its last attempt if there was one. */
    DatabaseCancelledException cancelled() {
        return failure == null
                ? DatabaseCancelledException.beforeTheStart()
                : DatabaseCancelledException.because(failure);
    }

    /** Stores the timer that checks the deadline of this waiting call. */
    void alarm(Cancellable set) {
        alarm = set;
        if (alarmStopped) {
            set.cancel();
        }
    }

    /** It has run, and waits for another attempt. */
    void waitsAgain() {
        alarmStopped = false;
    }

    /** Whether an attempt has failed. */
    boolean hasFailed() {
        return failure != null;
    }

    /** It no longer waits. */
    void stopAlarm() {
        if (deadline == null) {
            return;
        }
        alarmStopped = true;
        Cancellable set = alarm;
        if (set != null) {
            set.cancel();
        }
    }

    boolean entered(Gate other) {
        return gate == other;
    }

    /** Does the work on this thread, in the caller's context, unless the caller has abandoned it; never throws. */
    void run() {
        try {
            runIfWanted();
        } catch (Throwable unexpected) { // the thread has other calls to serve
            failure = unexpected;
        }
    }

    private void runIfWanted() {
        if (result.isDone() || isCancelled()) {
            failure = cancellation == null ? null : cancelled();
            return;
        }
        context.enter();
        observation.started();
        try {
            attempt();
        } finally {
            observation.stopped();
            context.leave();
        }
    }

    private void attempt() {
        failure = null;
        try {
            value = work.attempt();
        } catch (Throwable thrown) {
            failure = work.explained(thrown);
        }
    }

    /** The pause before {@link #run} must be called again, or {@link CallbackWork#NEVER}; never throws. */
    long retryMillis() {
        return failure == null || result.isDone() ? CallbackWork.NEVER : work.retryMillis(failure);
    }

    /** Fails the result directly if the outcome cannot be delivered normally; never throws. */
    void abandon(Throwable reason) {
        result.completeExceptionally(reason);
    }

    /** Delivers the outcome to the owner; never throws. */
    void deliver() {
        // Otherwise the timer would keep the call and its consumer in memory until the deadline.
        stopAlarm();
        if (cancellation != null) {
            cancellation.end();
        }
        gate.leave();
        send();
    }

    /** Delivers a failure instead of an outcome. */
    void fail(Throwable reason) {
        failure = reason;
        deliver();
    }

    /** Delivers a failure because the gate rejected this call. */
    void refuse(Throwable reason) {
        failure = reason;
        send();
    }

    private void send() {
        observation.ended(failure);
        try {
            options.deliver(() -> context.around(this::complete));
        } catch (Throwable rejected) {
            // The owner has stopped; code that waits for the stage must not wait forever.
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
