package org.pekkochannels.database;

import java.util.Optional;

/**
 * What a database is doing, at one moment; immutable.
 *
 * <p>Threads, busy, waiting and the three counts belong to the database dispatcher, which the default database shares
 * with those over an application's own pool, and a named one with none; handles and pool belong to this database alone.
 *
 * @param threads the database threads there may be
 * @param busy the threads that run work
 * @param waiting the calls that wait for a thread or for another attempt, and the rows that wait for a batch
 * @param openHandles the handles that are open
 * @param pool the connection pool, where it is a HikariCP pool
 * @param overloaded how many calls failed with {@link DatabaseOverloadedException} so far
 * @param timedOut how many calls failed with {@link DatabaseWaitTimeoutException} so far
 * @param cancelled how many calls were dropped or cut off as {@link Database#cancelledBy} says, so far
 * @param longHeldHandles how many handles were open for longer than {@code handle-warning} so far
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
     * What a connection pool holds; immutable.
     *
     * @param active the connections in use
     * @param idle the connections that wait for use
     */
    public record Pool(int active, int idle) {}
}
