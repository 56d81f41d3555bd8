package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Compares the number of connections that a server permits with the number of threads; PostgreSQL, MySQL and MariaDB only. */
public final class ConnectionBudget {
    private ConnectionBudget() {}

    /** A warning with the calculation, if there are too few connections. */
    public static Optional<String> warning(Connection connection, String section, int threads) throws SQLException {
        return switch (Vendor.of(connection)) {
            case POSTGRESQL -> Pooler.isBetween(connection) ? Optional.empty() : postgres(connection, section, threads);
            case MARIADB, MYSQL -> mysql(connection, section, threads);
            default -> Optional.empty();
        };
    }

    private static Optional<String> postgres(Connection connection, String section, int threads) throws SQLException {
        int most = number(connection, "show max_connections");
        int reserved = number(connection, "show superuser_reserved_connections");
        // Exists in PostgreSQL 16 and later; zero in earlier versions.
        int more = number(connection, "select coalesce(current_setting('reserved_connections', true), '0')::int");
        String arithmetic = "max_connections " + most + " - superuser_reserved_connections " + reserved
                + (more == 0 ? "" : " - reserved_connections " + more);
        return warning(section, threads, most - reserved - more, arithmetic);
    }

    // The server reserves one more for its administrator.
    private static Optional<String> mysql(Connection connection, String section, int threads) throws SQLException {
        int most = number(connection, "select @@max_connections");
        return warning(section, threads, most, "max_connections " + most);
    }

    private static Optional<String> warning(String section, int threads, int available, String arithmetic) {
        return threads <= available
                ? Optional.empty()
                : Optional.of(section + ".threads is " + threads + ", but the server has " + available
                        + " connections for all its clients (" + arithmetic
                        + "): calls will fail when none is left; lower threads, or raise max_connections");
    }

    private static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
