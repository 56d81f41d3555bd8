package org.pekkochannels.database;

import java.time.Duration;

/**
 * A statement, or its wait for a lock, was cut off by one of our bounds: {@code statement-timeout}, {@code lock-timeout} or
 * the deadline of {@link Database#within}. Its cause is what the database said. Immutable.
 *
 * <p>In a transaction, nothing was done; in autocommit, earlier statements of the callback were.
 */
public final class DatabaseTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The bound that was crossed. */
    private final Duration limit;

    DatabaseTimeoutException(String what, Duration limit, String key, Throwable cause) {
        super("database " + what + " timed out, limit " + limit.toMillis() + " ms (" + key + ")", cause);
        this.limit = limit;
    }

    /**
     * The bound that was crossed.
     *
     * @return the configured time, or the whole of the deadline's
     */
    public Duration limit() {
        return limit;
    }
}
