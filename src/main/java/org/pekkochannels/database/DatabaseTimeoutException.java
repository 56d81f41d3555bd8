package org.pekkochannels.database;

import java.time.Duration;

/**
 * A statement, or its wait for a lock, was cut off by a limit: {@code statement-timeout}, {@code lock-timeout} or the deadline of
 * {@link Database#within}. The cause is the database's exception. Immutable.
 *
 * <p>In a transaction, all its changes were rolled back; in autocommit, earlier statements of the callback took effect.
 */
public final class DatabaseTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The limit that was exceeded. */
    private final Duration limit;

    DatabaseTimeoutException(String what, Duration limit, String key, Throwable cause) {
        super("database " + what + " timed out, limit " + limit.toMillis() + " ms (" + key + ")", cause);
        this.limit = limit;
    }

    /**
     * The limit that was exceeded.
     *
     * @return the configured time, or the whole time of the deadline
     */
    public Duration limit() {
        return limit;
    }
}
