package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Whether a server has as many connections as we have threads; only PostgreSQL is asked. */
final class ConnectionBudget {
    private ConnectionBudget() {}

    /** What to warn of, with the arithmetic, if there is something. */
    static Optional<String> warning(Connection connection, String section, int threads) throws SQLException {
        if (!connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
            return Optional.empty();
        }
        try (Statement statement = connection.createStatement()) {
            int most = setting(statement, "max_connections");
            int reserved = setting(statement, "superuser_reserved_connections");
            return threads <= most - reserved
                    ? Optional.empty()
                    : Optional.of(section + ".threads is " + threads + ", but the server has " + (most - reserved)
                            + " connections for all its clients (max_connections " + most
                            + " - superuser_reserved_connections " + reserved
                            + "): calls will fail when it has no more; lower threads, or raise max_connections");
        }
    }

    private static int setting(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("show " + name)) {
            row.next();
            return row.getInt(1);
        }
    }
}
