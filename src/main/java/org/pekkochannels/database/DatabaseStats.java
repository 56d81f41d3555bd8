package org.pekkochannels.database;

import java.util.Optional;

/**
 * The state of a database at one moment. Immutable.
 *
 * <p>Threads, busy, waiting and the three counters belong to the database dispatcher, which the default database shares with databases over
 * an application's pool; a named database has a separate one. Handles and pool belong to this database alone.
 *
 * @param threads the maximum number of database threads
 * @param busy the threads that run work
 * @param waiting the calls that wait for a thread or for another attempt, and the rows that wait for a batch
 * @param openHandles the open handles
 * @param pool the connection pool, if it is a HikariCP pool
 * @param overloaded calls that failed with {@link DatabaseOverloadedException} so far
 * @param timedOut calls that failed with {@link DatabaseWaitTimeoutException} so far
 * @param cancelled calls that were discarded or cut off through {@link Database#cancelledBy} so far
 * @param longHeldHandles handles that were open for longer than {@code handle-warning} so far
 */
public record DatabaseStats(
        int threads,
        int busy,
        int waiting,
        int openHandles,
        Optional<Pool> pool,
        long overloaded,
        long timedOut,
        long cancelled,
        long longHeldHandles) {
    /**
     * The contents of a connection pool. Immutable.
     *
     * @param active the connections in use
     * @param idle the idle connections
     */
    public record Pool(int active, int idle) {}
}
