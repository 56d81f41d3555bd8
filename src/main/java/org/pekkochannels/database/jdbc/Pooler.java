package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Whether a pooler such as PgBouncer is between us and a PostgreSQL server. Its server connections are shared, so settings of a session may
 * affect other clients.
 */
public final class Pooler {
    private Pooler() {}

    /** Asks the server, in one round trip; false if the driver is not PostgreSQL's own. */
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

    // The process id that the server reported at the login, for cancelling; a pooler gives its clients other numbers.
    // By reflection, because the driver is optional.
    private static Object toldPid(Connection connection) throws SQLException {
        try {
            return connection.getClass().getMethod("getBackendPID").invoke(connection);
        } catch (ReflectiveOperationException e) {
            throw new SQLException("the driver does not report its connection's process", e);
        }
    }
}
