package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Removes a cancel that MySQL received after the statement had ended. Stateless.
 *
 * <p>MySQL may apply such a cancel to the connection's next statement. Versions before 5.7 do so often (bug 45679). 8.0 does so if the
 * cancel arrives while it ends the statement, which is seen once in many thousand cancels. PostgreSQL, MariaDB, H2 and SQLite drop the
 * cancel.
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
