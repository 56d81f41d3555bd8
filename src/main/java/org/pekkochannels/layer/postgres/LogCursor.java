package org.pekkochannels.layer.postgres;

/**
 * A snapshot of the server, as the place up to which the log has been read: a row is new if its transaction was running or had not begun
 * then. Immutable.
 *
 * @param running the transactions that were running, as PostgreSQL writes an array
 * @param next the first transaction that had not begun
 */
record LogCursor(String running, String next) {
    /** Reads the text form of {@code pg_snapshot}: xmin, xmax and the running transactions, {@code 10:20:10,14,15}. */
    static LogCursor of(String snapshot) {
        String[] parts = snapshot.split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a snapshot of PostgreSQL: '" + snapshot + "'");
        }
        return new LogCursor("{" + parts[2] + "}", parts[1]);
    }
}
