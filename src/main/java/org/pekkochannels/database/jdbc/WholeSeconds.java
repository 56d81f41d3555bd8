package org.pekkochannels.database.jdbc;

import java.time.Duration;

/** Times for JDBC's query timeout and for drivers' settings, which use whole seconds. Stateless. */
public final class WholeSeconds {
    private WholeSeconds() {}

    /** A limit in seconds, at least 1, because 0 would mean no limit. */
    public static int roundedUp(Duration limit) {
        return (int) Math.max(1, limit.plusMillis(999).toSeconds());
    }
}
