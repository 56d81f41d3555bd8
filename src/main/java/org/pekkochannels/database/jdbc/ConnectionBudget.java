package org.pekkochannels.database.jdbc;

import com.typesafe.config.Config;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the number of connections that a server permits with those that one process opens; PostgreSQL, MySQL and MariaDB only. */
public final class ConnectionBudget {
    private static final String LAYER = "channels.layer";

    // The writer's and the reader's.
    private static final int OF_LAYER = 2;

    // One host, as nearly all URLs have; the servers behind several are not compared.
    private static final Pattern SERVER =
            Pattern.compile("^jdbc:postgresql://(?<host>[^/?,:]+|\\[[^]]+])(?::(?<port>\\d+))?(?=[/?]|$)");

    private static final String DEFAULT_PORT = "5432";

    private ConnectionBudget() {}

    /** How many connections the channel layer opens to the server of a section's database, beside its pool. */
    public static int ofLayer(Config root, DatabaseSection section) {
        return section.isDefault()
                        && root.getString(LAYER + ".type").equals("postgres")
                        && isOnServer(
                                root.getString(LAYER + ".postgres.url"),
                                section.config().getString("url"))
                ? OF_LAYER
                : 0;
    }

    /** Whether the layer's database, which is the application's unless it has a URL, is on the server of the application's. */
    private static boolean isOnServer(String layer, String application) {
        Optional<String> server = server(layer);
        return layer.isEmpty() || (server.isPresent() && server.equals(server(application)));
    }

    private static Optional<String> server(String url) {
        return DatabaseUrl.parse(url)
                .map(parsed -> SERVER.matcher(parsed.jdbc()))
                .filter(Matcher::find)
                .map(parts -> parts.group("host").toLowerCase(Locale.ROOT) + ":"
                        + Objects.requireNonNullElse(parts.group("port"), DEFAULT_PORT));
    }

    /**
     * A warning with the calculation, if there are too few connections.
     *
     * @param connection to the server
     * @param section of the database
     * @param threads its threads, of which each has a connection
     * @param ofLayer further connections, of the channel layer
     */
    public static Optional<String> warning(Connection connection, String section, int threads, int ofLayer)
            throws SQLException {
        Demand demand = new Demand(section, threads, ofLayer);
        return switch (Vendor.of(connection)) {
            case POSTGRESQL -> Pooler.isBetween(connection) ? Optional.empty() : postgres(connection, demand);
            case MARIADB, MYSQL -> mysql(connection, demand);
            default -> Optional.empty();
        };
    }

    /** What one process needs. */
    private record Demand(String section, int threads, int ofLayer) {
        @Override
        public String toString() {
            return section + ".threads is " + threads
                    + (ofLayer == 0
                            ? ""
                            : ", and channels.layer.type = postgres needs " + ofLayer + " connections more");
        }
    }

    private static Optional<String> postgres(Connection connection, Demand demand) throws SQLException {
        int most = number(connection, "show max_connections");
        int reserved = number(connection, "show superuser_reserved_connections");
        // Exists in PostgreSQL 16 and later; zero in earlier versions.
        int more = number(connection, "select coalesce(current_setting('reserved_connections', true), '0')::int");
        String arithmetic = "max_connections " + most + " - superuser_reserved_connections " + reserved
                + (more == 0 ? "" : " - reserved_connections " + more);
        return warning(demand, most - reserved - more, arithmetic);
    }

    // The server reserves one more for its administrator.
    private static Optional<String> mysql(Connection connection, Demand demand) throws SQLException {
        int most = number(connection, "select @@max_connections");
        return warning(demand, most, "max_connections " + most);
    }

    private static Optional<String> warning(Demand demand, int available, String arithmetic) {
        return demand.threads() + demand.ofLayer() <= available
                ? Optional.empty()
                : Optional.of(demand + ", but the server has " + available
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
