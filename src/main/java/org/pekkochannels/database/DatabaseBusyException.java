package org.pekkochannels.database;

/**
 * Database work was rejected because too much work is pending. The work never started, so it can be retried.
 *
 * <p>Has no stack trace: it is thrown often under overload, and the trace does not show the cause. Immutable.
 */
public abstract sealed class DatabaseBusyException extends RuntimeException
        permits DatabaseOverloadedException, DatabaseWaitTimeoutException {
    private static final long serialVersionUID = 1L;

    /** The number of database threads. */
    private final int threads;

    /** The number of working threads. */
    private final int busy;

    /** The number of waiting calls. */
    private final int waiting;

    DatabaseBusyException(String message, Admission.Load load) {
        super(message, null, false, false);
        threads = load.threads();
        busy = load.busy();
        waiting = load.waiting();
    }

    /**
     * The number of database threads.
     *
     * @return the effective {@code channels.database.threads}
     */
    public final int threads() {
        return threads;
    }

    /**
     * The number of working threads.
     *
     * @return the number at the moment of the rejection
     */
    public final int busy() {
        return busy;
    }

    /**
     * The number of calls that waited for a thread.
     *
     * @return the number at the moment of the rejection
     */
    public final int waiting() {
        return waiting;
    }
}
