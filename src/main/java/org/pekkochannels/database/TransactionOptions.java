package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * The options of a transaction. Immutable.
 *
 * <p>A transaction with several attempts is run again only after one of these failures:
 *
 * <ul>
 * <li>the database could not serialize it, or broke a deadlock with it: SQLState 40001 or 40P01, MariaDB's error 1020, SQLite's
 * {@code SQLITE_BUSY}
 * <li>a migration has changed the columns of a statement that PostgreSQL had prepared ("cached plan must not change result type")
 * </ul>
 *
 * <p>Before each further attempt it waits for a random time, up to 10 ms at first and doubling to 1 s. Meanwhile it occupies neither a
 * thread nor a connection. Its callback may then run more than once, and so may its effects outside the database.
 *
 * @param isolation the isolation level, or the connection's own
 * @param readOnly whether it may only read; PostgreSQL, MySQL, MariaDB and SQLite then reject writes, H2 treats it as a hint
 * @param attempts the maximum number of runs, from 1 to 100
 */
public record TransactionOptions(Optional<TransactionIsolationLevel> isolation, boolean readOnly, int attempts) {
    // Enough for ten transactions that update one row; more contention needs a queue instead.
    private static final int SERIALIZABLE_ATTEMPTS = 5;
    private static final int MAX_ATTEMPTS = 100;

    /**
     * Checks them.
     *
     * @param isolation the isolation level, or the connection's own
     * @param readOnly whether it may only read
     * @param attempts the maximum number of runs, from 1 to 100
     * @throws IllegalArgumentException if they are out of bounds
     */
    public TransactionOptions {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts must be from 1 to " + MAX_ATTEMPTS + ", was " + attempts);
        }
        if (isolation.filter(TransactionOptions::isNone).isPresent()) {
            throw new IllegalArgumentException("isolation must be a level, was " + isolation.get());
        }
    }

    /**
     * A transaction with the connection's own settings, run once.
     *
     * @return the options
     */
    public static TransactionOptions defaults() {
        return new TransactionOptions(Optional.empty(), false, 1);
    }

    /**
     * A transaction with an isolation level, run once.
     *
     * @param level the level
     * @return the options
     */
    public static TransactionOptions isolation(TransactionIsolationLevel level) {
        return new TransactionOptions(
                Optional.of(requireNonNull(level, "the isolation level of a transaction must not be null")), false, 1);
    }

    /**
     * A serializable transaction with five attempts, because with this level conflicts are normal.
     *
     * @return the options
     */
    public static TransactionOptions serializable() {
        return isolation(TransactionIsolationLevel.SERIALIZABLE).withAttempts(SERIALIZABLE_ATTEMPTS);
    }

    /**
     * These options for a transaction that only reads.
     *
     * @return the options
     */
    public TransactionOptions forReading() {
        return new TransactionOptions(isolation, true, attempts);
    }

    /**
     * These options with another number of attempts.
     *
     * @param most the maximum number of runs, from 1 to 100
     * @return the options
     */
    public TransactionOptions withAttempts(int most) {
        return new TransactionOptions(isolation, readOnly, most);
    }

    private static boolean isNone(TransactionIsolationLevel level) {
        return level == TransactionIsolationLevel.NONE || level == TransactionIsolationLevel.UNKNOWN;
    }
}
