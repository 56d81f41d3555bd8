package org.pekkochannels.database;

import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The work of one message, with a handle for each attempt at it. Confined to one thread at a time.
 *
 * @param <T> the result
 */
final class MessageWork<T extends @Nullable Object> {
    /** Do not try again. */
    static final long NEVER = -1;

    // serialization_failure and deadlock_detected, of which the database says that nothing was done.
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");
    // Some round trips at first; never so long that a client gives up.
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final LazyHandleCallback<T> work;
    private final Jdbi jdbi;
    private final OpenHandles openHandles;
    private final @Nullable Limits limits;
    private final Executor caller;
    private int attempts;
    private int maxAttempts = 1;
    private @Nullable Throwable conflict;

    MessageWork(
            LazyHandleCallback<T> work, Jdbi jdbi, OpenHandles openHandles, @Nullable Limits limits, Executor caller) {
        this.limits = limits;
        this.caller = caller;
        this.work = work;
        this.jdbi = jdbi;
        this.openHandles = openHandles;
    }

    /** Does the work once, in the transaction that it asks for. */
    T attempt() throws Exception {
        attempts++;
        try (MessageHandle handle = new MessageHandle(jdbi, openHandles, limits, caller)) {
            return inside(handle);
        }
    }

    /** How long to wait for another attempt after this failure, chosen at random so that rivals do not meet again. */
    long retryMillis(Throwable failure) {
        if (attempts >= maxAttempts || !isConflict(failure)) {
            return NEVER;
        }
        told(failure);
        long pause = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts - 1, 10));
        return ThreadLocalRandom.current().nextLong(pause + 1);
    }

    /** What the attempt threw, explained where it comes of a limit. */
    Throwable explained(Throwable failure) {
        return limits == null ? failure : limits.explained(failure);
    }

    /** The failure to tell: the first conflict, with what else kept the work from being done, or what the work threw. */
    Throwable told(Throwable failure) {
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

    private T inside(MessageHandle handle) throws Exception {
        try {
            T result = work.withHandles(handle);
            handle.commit();
            return result;
        } catch (Throwable failure) {
            maxAttempts = handle.attempts();
            handle.rollback(failure);
            throw failure;
        }
    }

    private static void suppress(Throwable first, Throwable later) {
        if (first != later) {
            first.addSuppressed(later);
        }
    }

    private static boolean isConflict(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && CONFLICTS.contains(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
