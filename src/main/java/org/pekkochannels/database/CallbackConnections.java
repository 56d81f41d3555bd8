package org.pekkochannels.database;

import org.jdbi.v3.core.Jdbi;

/**
 * Opens and supervises the handles of one database's callbacks. Immutable and thread-safe.
 *
 * @param jdbi opens them
 * @param pool provides their connections
 * @param open counts and times them
 * @param watch ends those whose deadline has passed
 * @param left ends what they leave open through SQL
 */
record CallbackConnections(Jdbi jdbi, ConnectionPool pool, OpenHandles open, DeadlineWatch watch, LeftOpen left) {
    /** For the handles of a pool. */
    CallbackConnections(Jdbi jdbi, ConnectionPool pool, OpenHandles open, DeadlineWatch watch) {
        this(jdbi, pool, open, watch, new LeftOpen(pool));
    }

    /** Stops watching. */
    void close() {
        open.close();
    }
}
