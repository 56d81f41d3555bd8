package org.pekkochannels.database;

import org.jdbi.v3.core.Jdbi;

/**
 * Where the messages of one database get their handles, and who looks after them; immutable and thread-safe.
 *
 * @param jdbi opens them
 * @param pool has their connections
 * @param open counts and times them
 * @param watch ends those whose deadline is over
 */
record MessageConnections(Jdbi jdbi, ConnectionPool pool, OpenHandles open, DeadlineWatch watch) {
    /** Watches no more. */
    void close() {
        open.close();
        watch.close();
    }
}
