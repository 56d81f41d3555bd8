package org.pekkochannels.database;

import java.util.concurrent.CancellationException;

/**
 * Database work was dropped, or cut off, because what cancels it has come: see {@link Database#cancelledBy}. Immutable.
 *
 * <p>Without a cause it never started. With one it had, and the cause is what it threw then, usually what the database said
 * of the cancelled statement: in a transaction, nothing was done; in autocommit, earlier statements of the callback were. It
 * has no stack trace, as its place says nothing.
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
        return new DatabaseCancelledException("cancelled work begins no other statement");
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
