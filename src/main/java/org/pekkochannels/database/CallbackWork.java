package org.pekkochannels.database;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.Condition;

/**
 * The work of one callback, with a handle per attempt. Confined to one thread at a time.
 *
 * @param <T> the result
 */
final class CallbackWork<T extends @Nullable Object> {
    /** Do not retry. */
    static final long NEVER = -1;

    // Some round trips at first; never so long that a client gives up.
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final HandleSource.Callback<T> work;
    private final CallbackEnvironment environment;
    private int attempts;
    private int maxAttempts = 1;
    private @Nullable Throwable conflict;

    CallbackWork(HandleSource.Callback<T> work, CallbackEnvironment environment) {
        this.work = work;
        this.environment = environment;
    }

    /** Does the work once, in the transaction that it requests. */
    T attempt() throws Exception {
        attempts++;
        Cancellation cancellation = environment.cancellation();
        if (cancellation != null) {
            cancellation.beginAttempt();
        }
        try (CallbackHandle handle = new CallbackHandle(environment)) {
            return inside(handle);
        }
    }

    /** The pause before another attempt after this failure, chosen at random so that rivals do not collide again. */
    long retryMillis(Throwable failure) {
        if (attempts >= maxAttempts || failure instanceof DatabaseCancelledException || !isConflict(failure)) {
            return NEVER;
        }
        told(failure);
        long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts - 1, 10));
        return ThreadLocalRandom.current().nextLong(pause + 1);
    }

    /** The attempt's failure, or an exception that explains the cancellation or the limit behind it; never throws. */
    Throwable explained(Throwable failure) {
        try {
            return explanation(failure);
        } catch (Throwable unexpected) { // getCause() of an application's exception may throw
            return failure;
        }
    }

    private Throwable explanation(Throwable failure) {
        if (failure instanceof DatabaseOutcomeUnknownException) {
            return failure;
        }
        Cancellation cancellation = environment.cancellation();
        if (cancellation != null && cancellation.hasStruck()) {
            return DatabaseCancelledException.because(failure);
        }
        CallLimits limits = environment.limits();
        return limits == null ? failure : limits.explained(failure);
    }

    /** The failure to report: the first conflict, with other failures suppressed in it, or the exception of the work. */
    Throwable told(Throwable failure) {
        if (failure instanceof DatabaseCancelledException) {
            return failure;
        }
        if (conflict == null) {
            conflict = isConflict(failure) ? failure : null;
            return failure;
        }
        if (isConflict(failure)
                || failure instanceof DatabaseBusyException
                || failure instanceof DatabaseClosedException) {
            suppress(conflict, failure);
            return conflict;
        }
        return failure;
    }

    private T inside(CallbackHandle handle) throws Exception {
        try {
            T result = work.withHandles(handle);
            handle.check(result);
            handle.commit();
            handle.done();
            return result;
        } catch (Throwable failure) {
            maxAttempts = handle.attempts();
            handle.rollback(failure);
            throw failure;
        }
    }

    // getCause() of an application's exception may throw.
    private static boolean isConflict(Throwable failure) {
        try {
            return Condition.of(failure).isConflict();
        } catch (Throwable unexpected) {
            return false;
        }
    }

    private static void suppress(Throwable first, Throwable later) {
        if (first != later) {
            first.addSuppressed(later);
        }
    }
}
