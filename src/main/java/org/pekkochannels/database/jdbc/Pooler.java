package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether something stands between us and a PostgreSQL server, PgBouncer for example. There, what is set for a session may
 * be set for other clients, as its server connections are everybody's.
 */
public final class Pooler {
    private Pooler() {}

    /** Asks the server, in one round trip; false where the driver is not PostgreSQL's own. */
    public static boolean isBetween(Connection connection) throws SQLException {
        return connection.getClass().getName().startsWith("org.postgresql.")
                && !toldPid(connection).equals(pid(connection));
    }

    private static int pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    // What it was told when it connected, to cancel by: a pooler gives its clients numbers of its own. By name, because
    // not everybody has this driver.
    private static Object toldPid(Connection connection) throws SQLException {
        try {
            return connection.getClass().getMethod("getBackendPID").invoke(connection);
        } catch (ReflectiveOperationException e) {
            throw new SQLException("the driver does not tell its connection's process", e);
        }
    }
}
