package org.pekkochannels.database;

import java.util.concurrent.CancellationException;

/**
 * Database work was discarded or cut off by a cancellation, see {@link Database#cancelledBy}. Immutable.
 *
 * <p>Without a cause the work never started. With a cause it had started; the cause is what it threw, usually the database's failure of the
 * cancelled statement. In a transaction, all its changes were rolled back; in autocommit, earlier statements of the callback took effect.
 * Has no stack trace, because the trace does not show the cause.
 */
public final class DatabaseCancelledException extends CancellationException {
    private static final long serialVersionUID = 1L;

    private DatabaseCancelledException(String message) {
        super(message);
    }

    static DatabaseCancelledException beforeTheStart() {
        return new DatabaseCancelledException("database work was cancelled before it started");
    }

    static DatabaseCancelledException betweenStatements() {
        return new DatabaseCancelledException("database work was cancelled; no further statements are executed");
    }

    static DatabaseCancelledException because(Throwable cause) {
        DatabaseCancelledException cancelled = new DatabaseCancelledException("database work was cancelled");
        cancelled.initCause(cause);
        return cancelled;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
