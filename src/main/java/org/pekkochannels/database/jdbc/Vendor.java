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

/** The supported kinds of databases, and their differences. Immutable. */
public enum Vendor {
    /** Embedded, or a server. */
    H2("h2", "H2", "com.h2database:h2", "org.h2.Driver"),
    /** MariaDB with its own driver. */
    MARIADB("mariadb", "MariaDB", "org.mariadb.jdbc:mariadb-java-client", "org.mariadb.jdbc.Driver"),
    /** MySQL with its own driver. */
    MYSQL(
            "mysql",
            "MySQL",
            "com.mysql:mysql-connector-j (or write mariadb: and add org.mariadb.jdbc:mariadb-java-client)",
            "com.mysql.cj.jdbc.Driver"),
    /** PostgreSQL, and compatible databases. */
    POSTGRESQL("postgresql", "PostgreSQL", "org.postgresql:postgresql", "org.postgresql.Driver"),
    /** A file. */
    SQLITE("sqlite", "SQLite", "org.xerial:sqlite-jdbc", "org.sqlite.JDBC"),
    /** Any other, for which only JDBC is used. */
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
            throw new TransactionException("the database did not report its name", e);
        }
    }

    /** The Maven artifact of its driver. */
    String artifact() {
        return artifact;
    }

    /** The part of a URL after {@code jdbc:}; empty for {@link #OTHER}. */
    String subprotocol() {
        return subprotocol;
    }

    /**
     * Its driver by the name of the class, registered or not.
     *
     * @param loader has the application's classes; the system's loader if null
     * @return a driver; empty if the class does not exist, or cannot be used
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

    /** The driver's properties for each connection; the URL takes precedence. */
    Map<String, String> properties(boolean readOnly, Optional<Duration> lockTimeout) {
        if (this != SQLITE) {
            return NONE;
        }
        // In this mode readers and writers do not block each other. A read-only file cannot be switched to it.
        Map<String, String> mode = readOnly ? Map.of("open_mode", "1") : Map.of("journal_mode", "WAL");
        return lockTimeout
                .map(limit -> with(mode, "busy_timeout", String.valueOf(limit.toMillis())))
                .orElse(mode);
    }

    /** Whether a network is between, which may lose packets silently. A server of H2 has no timeouts for it. */
    public boolean isNetworked() {
        return this != H2 && this != SQLITE;
    }

    /**
     * Further properties of its driver for each connection; the URL takes precedence: timeouts of the login, during which the connection
     * has no network timeout yet, and TCP keep-alive. An unknown driver gets none.
     */
    Map<String, String> network(Duration login) {
        String seconds = String.valueOf(WholeSeconds.roundedUp(login));
        String millis = String.valueOf(login.toMillis());
        return switch (this) {
            // Cancelling opens a connection, on a timer for which all others wait.
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
            // Its keep-alive uses the system's times.
            case MYSQL -> Map.of("connectTimeout", millis, "socketTimeout", millis, "tcpKeepAlive", "true");
            case H2, SQLITE, OTHER -> NONE;
        };
    }

    /** The statement that limits waiting for locks on a new connection; for PostgreSQL it is sent after the check for a pooler. */
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
