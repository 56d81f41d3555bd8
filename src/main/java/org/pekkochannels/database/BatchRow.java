package org.pekkochannels.database;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One row on its way into a batch, and its result on the way back.
 *
 * <p>Confined to one thread at a time; each hand-over is by an executor or a lock.
 */
final class BatchRow<A, B> {
    private final A row;
    private final Deadline turn;
    private final @Nullable Deadline deadline;
    private final Observation observation;
    private final CallContext context;
    private final CallFuture<B> result;
    private @Nullable B value;
    private @Nullable Throwable failure;

    /**
     * A new row.
     *
     * @param result is completed with its outcome
     * @param maxWait how long it may wait for its batch
     * @param deadline the caller's deadline, if any
     * @param observation is notified of its progress, like that of a call
     */
    BatchRow(A row, CallFuture<B> result, Duration maxWait, @Nullable Deadline deadline, Observation observation) {
        this.row = row;
        this.turn = Deadline.after(maxWait);
        this.deadline = deadline;
        this.result = result;
        this.observation = observation;
        this.context = new CallContext(observation.trace());
    }

    A row() {
        return row;
    }

    /** Completes on the owner, in the context in which the row was added. */
    CompletableFuture<B> result() {
        return result;
    }

    /** Switches a database thread to the context in which the row was added, until it is written. */
    void enterContext() {
        context.enter();
    }

    void leaveContext() {
        context.leave();
    }

    /** Its batch has a thread. */
    void started() {
        observation.started();
    }

    /** It has its outcome. */
    void stopped() {
        observation.stopped();
    }

    /** The caller's deadline, if any. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    boolean isGivenUp() {
        return result.isDone();
    }

    /** Whether its deadline has passed. */
    boolean isOver() {
        return deadline != null && deadline.isOver();
    }

    /** The earlier of its deadline and the end of its maximum wait. */
    Deadline patience() {
        return deadline != null && deadline.remaining().compareTo(turn.remaining()) < 0 ? deadline : turn;
    }

    /** The failure of a row that has waited too long. */
    DatabaseWaitTimeoutException late(String section, Admission.Load load) {
        Deadline over = patience();
        String key = over == turn ? section + ".max-wait" : over.key();
        return new DatabaseWaitTimeoutException(key, load, over.elapsed(), over.budget());
    }

    void succeed(B outcome) {
        value = outcome;
        failure = null;
    }

    void fail(Throwable reason) {
        failure = reason;
    }

    /** Delivers the outcome to the owner; never throws. */
    void send() {
        observation.ended(failure);
        try {
            result.defaultExecutor().execute(() -> context.around(this::complete));
        } catch (Throwable rejected) {
            // The owner has stopped; code that waits for the stage must not wait forever.
            result.completeExceptionally(rejected);
        }
    }

    @SuppressWarnings("NullAway") // There is a value where there is no failure.
    private void complete() {
        if (failure == null) {
            result.complete(value);
        } else {
            result.completeExceptionally(failure);
        }
    }
}
