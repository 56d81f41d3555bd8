package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Whether a server has as many connections as we have threads; PostgreSQL, MySQL and MariaDB are asked. */
public final class ConnectionBudget {
    private ConnectionBudget() {}

    /** What to warn of, with the arithmetic, if there is something. */
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
        // Of PostgreSQL 16 and later; nothing for those before.
        int more = number(connection, "select coalesce(current_setting('reserved_connections', true), '0')::int");
        String arithmetic = "max_connections " + most + " - superuser_reserved_connections " + reserved
                + (more == 0 ? "" : " - reserved_connections " + more);
        return warning(section, threads, most - reserved - more, arithmetic);
    }

    // It keeps one more for its administrator.
    private static Optional<String> mysql(Connection connection, String section, int threads) throws SQLException {
        int most = number(connection, "select @@max_connections");
        return warning(section, threads, most, "max_connections " + most);
    }

    private static Optional<String> warning(String section, int threads, int available, String arithmetic) {
        return threads <= available
                ? Optional.empty()
                : Optional.of(section + ".threads is " + threads + ", but the server has " + available
                        + " connections for all its clients (" + arithmetic
                        + "): calls will fail when it has no more; lower threads, or raise max_connections");
    }

    private static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }
}
