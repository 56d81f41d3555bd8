package org.pekkochannels.database;

import org.jdbi.v3.core.Jdbi;

/**
 * Where the messages of one database get their handles, and who looks after them; immutable and thread-safe.
 *
 * @param jdbi opens them
 * @param pool has their connections
 * @param open counts and times them
 * @param watch ends those whose deadline is over
 * @param left ends what they leave open by SQL of their own
 */
record MessageConnections(Jdbi jdbi, ConnectionPool pool, OpenHandles open, DeadlineWatch watch, LeftOpen left) {
    /** Those of a pool. */
    MessageConnections(Jdbi jdbi, ConnectionPool pool, OpenHandles open, DeadlineWatch watch) {
        this(jdbi, pool, open, watch, new LeftOpen(pool));
    }

    /** Watches no more. */
    void close() {
        open.close();
    }
}
