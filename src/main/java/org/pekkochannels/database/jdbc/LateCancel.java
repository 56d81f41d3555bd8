package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.SafeLog;

/**
 * A cancel that MySQL has heard when the statement was over: servers that are not of the newest (seen on 5.6) keep it for
 * whatever the connection runs next. Stateless.
 *
 * <p>PostgreSQL, MariaDB, H2 and SQLite forget it.
 */
public final class LateCancel {
    private static final SafeLog LOG = SafeLog.of(LateCancel.class);

    private LateCancel() {}

    /** Runs a statement for it to hit, where the database is MySQL; never throws. */
    public static void takeFrom(Handle handle) {
        // Not by the handle, which begins no other statement once its call is cancelled.
        Connection connection = handle.getConnection();
        try {
            if (Vendor.of(connection) == Vendor.MYSQL) {
                execute(connection, "do 0");
            }
        } catch (SQLException hit) {
            LOG.debug("a late cancel was taken, or the connection is lost", hit);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
