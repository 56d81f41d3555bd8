package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/** The kinds of databases that are held to our tests, and where they want to be treated differently. Immutable. */
public enum Vendor {
    /** Embedded, or a server. */
    H2("h2", "H2", "com.h2database:h2", "org.h2.Driver"),
    /** MariaDB by its own driver. */
    MARIADB("mariadb", "MariaDB", "org.mariadb.jdbc:mariadb-java-client", "org.mariadb.jdbc.Driver"),
    /** MySQL by its own driver. */
    MYSQL(
            "mysql",
            "MySQL",
            "com.mysql:mysql-connector-j (or write mariadb: and add org.mariadb.jdbc:mariadb-java-client)",
            "com.mysql.cj.jdbc.Driver"),
    /** PostgreSQL, and what speaks like it. */
    POSTGRESQL("postgresql", "PostgreSQL", "org.postgresql:postgresql", "org.postgresql.Driver"),
    /** A file. */
    SQLITE("sqlite", "SQLite", "org.xerial:sqlite-jdbc", "org.sqlite.JDBC"),
    /** Any other, of which only JDBC is asked. */
    OTHER("", "", "the JDBC driver of that database", "");

    private static final Map<String, String> NONE = Map.of();

    private final String subprotocol;
    private final String product;
    private final String artifact;
    private final String driver;

    Vendor(String subprotocol, String product, String artifact, String driver) {
        this.subprotocol = subprotocol;
        this.product = product;
        this.artifact = artifact;
        this.driver = driver;
    }

    public static Vendor of(DatabaseUrl url) {
        return Arrays.stream(values())
                .filter(vendor -> vendor.subprotocol.equals(url.subprotocol()))
                .findFirst()
                .orElse(OTHER);
    }

    public static Vendor of(Connection connection) throws SQLException {
        String name = connection.getMetaData().getDatabaseProductName();
        return Arrays.stream(values())
                .filter(vendor -> vendor.product.equals(name))
                .findFirst()
                .orElse(OTHER);
    }

    public static Vendor of(Handle handle) {
        try {
            return of(handle.getConnection());
        } catch (SQLException e) {
            throw new TransactionException("cannot ask the database for its name", e);
        }
    }

    /** The Maven artifact of its driver. */
    String artifact() {
        return artifact;
    }

    /** What a URL has behind {@code jdbc:}; empty for {@link #OTHER}. */
    String subprotocol() {
        return subprotocol;
    }

    /**
     * Its driver by the name of the class, registered or not.
     *
     * @param loader sees the application's classes; the system's loader if null
     * @return a driver; nothing if the class is not there, or cannot be used
     */
    Optional<Driver> driver(@Nullable ClassLoader loader) {
        try {
            ClassLoader from = loader == null ? ClassLoader.getSystemClassLoader() : loader;
            return Optional.of(Class.forName(driver, true, from)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance());
        } catch (ReflectiveOperationException | ClassCastException | LinkageError absent) {
            return Optional.empty();
        }
    }

    /** What its driver is told for each connection, unless the URL says it. */
    Map<String, String> properties(boolean readOnly, Optional<Duration> lockTimeout) {
        if (this != SQLITE) {
            return NONE;
        }
        // A reader then holds up no writer, nor a writer readers. A file that may only be read cannot be changed to it.
        Map<String, String> mode = readOnly ? Map.of("open_mode", "1") : Map.of("journal_mode", "WAL");
        return lockTimeout
                .map(limit -> with(mode, "busy_timeout", String.valueOf(limit.toMillis())))
                .orElse(mode);
    }

    /** Whether there is a network between, which may lose packets in silence. A server of H2 has no such times. */
    public boolean isNetworked() {
        return this != H2 && this != SQLITE;
    }

    /**
     * What its driver is told for each connection, unless the URL says it: times of the login, in which the connection has no
     * network timeout yet, and TCP keep-alive. A driver that is not known is told nothing.
     */
    Map<String, String> network(Duration login) {
        String seconds = String.valueOf(WholeSeconds.roundedUp(login));
        String millis = String.valueOf(login.toMillis());
        return switch (this) {
            // To cancel opens a connection, on a timer that all others wait for.
            case POSTGRESQL ->
                Map.of(
                        "connectTimeout",
                        seconds,
                        "socketTimeout",
                        seconds,
                        "cancelSignalTimeout",
                        "1",
                        "tcpKeepAlive",
                        "true",
                        "socketFactory",
                        KeepAliveSocketFactory.NAME);
            case MARIADB ->
                Map.of("connectTimeout", millis, "socketTimeout", millis, "socketFactory", KeepAliveSocketFactory.NAME);
            // It keeps alive by the system's times.
            case MYSQL -> Map.of("connectTimeout", millis, "socketTimeout", millis, "tcpKeepAlive", "true");
            case H2, SQLITE, OTHER -> NONE;
        };
    }

    /** What bounds waiting for locks on a new connection; PostgreSQL is told once it is known that no pooler is between. */
    public Optional<String> boundLocks(Duration limit) {
        return switch (this) {
            case H2 -> Optional.of("set lock_timeout " + limit.toMillis());
            case MARIADB, MYSQL -> Optional.of("set innodb_lock_wait_timeout = " + WholeSeconds.roundedUp(limit));
            default -> Optional.empty();
        };
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }
}
