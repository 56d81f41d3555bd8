package org.pekkochannels.database;

/**
 * Database work was refused because too much of it is under way; the work never started, so it may be tried again.
 *
 * <p>It has no stack trace: under overload it is thrown often, and its place says nothing. Immutable.
 */
public abstract sealed class DatabaseBusyException extends RuntimeException
        permits DatabaseOverloadedException, DatabaseWaitTimeoutException {
    private static final long serialVersionUID = 1L;

    /** How many database threads there are. */
    private final int threads;

    /** How many of them were working. */
    private final int busy;

    /** How many calls were waiting for one. */
    private final int waiting;

    DatabaseBusyException(String message, Load load) {
        super(message, null, false, false);
        threads = load.threads();
        busy = load.busy();
        waiting = load.waiting();
    }

    /**
     * How many database threads there are.
     *
     * @return the effective {@code channels.database.threads}
     */
    public final int threads() {
        return threads;
    }

    /**
     * How many threads were working.
     *
     * @return the number at the moment of the refusal
     */
    public final int busy() {
        return busy;
    }

    /**
     * How many calls were waiting for a thread.
     *
     * @return the number at the moment of the refusal
     */
    public final int waiting() {
        return waiting;
    }
}
