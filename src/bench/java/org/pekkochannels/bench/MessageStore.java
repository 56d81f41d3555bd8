package org.pekkochannels.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The database work of a message for servers that are not ours, on a pool of {@code ASGI_THREADS} connections. Blocks. Thread-safe. */
interface MessageStore {
    /** An INSERT, and the SELECT of the newest row, on one connection, autocommit. */
    Saved insertAndRead(String body);

    /** Sleeps in the database, and returns what was said. */
    String slow(String said);

    /** Creates the table; {@code kind} is jdbi or jdbc. */
    static MessageStore open(Environment environment, String kind) {
        DataSource source = pool(environment);
        Jdbi jdbi = Jdbi.create(source);
        jdbi.useHandle(handle -> Messages.create(handle, environment.databaseUrl()));
        return switch (kind) {
            case "jdbi" -> new JdbiStore(jdbi);
            case "jdbc" -> new JdbcStore(source);
            default -> throw new IllegalArgumentException("db must be jdbi or jdbc, was '" + kind + "'");
        };
    }

    /** As the system property {@code db} says; jdbi without it. */
    static MessageStore open(Environment environment) {
        return open(environment, System.getProperty("db", "jdbi"));
    }

    private static DataSource pool(Environment environment) {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(environment.databaseUrl());
        pool.setUsername(environment.databaseUser());
        pool.setMaximumPoolSize(environment.threads());
        return new HikariDataSource(pool);
    }
}
