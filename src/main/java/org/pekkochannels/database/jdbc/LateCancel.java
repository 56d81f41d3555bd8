package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Removes a cancel that MySQL received after the statement had ended: older servers (seen on 5.6) apply it to the connection's next
 * statement. Stateless.
 *
 * <p>PostgreSQL, MariaDB, H2 and SQLite drop it.
 */
public final class LateCancel {
    private static final SafeLog LOG = SafeLog.of(LateCancel.class);

    private LateCancel() {}

    /** Runs a statement for the cancel to hit, if the database is MySQL; never throws. */
    public static void takeFrom(Handle handle) {
        // Not through the handle, which executes no further statement after its call was cancelled.
        Connection connection = handle.getConnection();
        try {
            if (Vendor.of(connection) == Vendor.MYSQL) {
                execute(connection, "do 0");
            }
        } catch (SQLException hit) {
            LOG.debug("a late cancel was removed, or the connection is lost", hit);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
