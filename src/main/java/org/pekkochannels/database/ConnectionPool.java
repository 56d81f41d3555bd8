package org.pekkochannels.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.BrokenConnections;
import org.pekkochannels.database.jdbc.ConnectionBudget;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.DriverLookup;
import org.pekkochannels.database.jdbc.GrowingPool;
import org.pekkochannels.database.jdbc.JdbcSource;
import org.pekkochannels.database.jdbc.NetworkTimeout;
import org.pekkochannels.database.jdbc.TaskThread;
import org.pekkochannels.database.jdbc.UrlCheck;
import org.pekkochannels.database.jdbc.Vendor;

/** The pool of a database's connections: our own, which we close, or one of the application, which is only observed. Thread-safe. */
final class ConnectionPool {
    private static final SafeLog LOG = SafeLog.of(ConnectionPool.class);

    // HikariCP validates a connection that has been idle, and uses whole seconds. A connection that was lost silently
    // costs this much of the call that gets it.
    private static final Duration LONGEST_VALIDATION = Duration.ofSeconds(1);

    private final Optional<HikariDataSource> hikari;
    private final boolean ours;
    private final boolean networked;

    private ConnectionPool(Optional<HikariDataSource> hikari, boolean ours, boolean networked) {
        this.hikari = hikari;
        this.ours = ours;
        this.networked = networked;
    }

    /**
     * Opens the configured pool; with {@code fail-fast}, blocks until the database has answered.
     *
     * @param settings of the database
     * @param limits of its threads
     * @param ofLayer connections of the channel layer beside those of the pool
     * @param loader finds the driver
     */
    static ConnectionPool open(
            DatabaseSettings settings, DispatcherSettings limits, int ofLayer, @Nullable ClassLoader loader) {
        Driver driver = DriverLookup.require(settings.section(), settings.url(), loader);
        UrlCheck.check(driver, settings.url(), settings.section());
        JdbcSource source = new JdbcSource(driver, settings, limits.threads(), limits.lockTimeout());
        if (settings.failFast()) {
            requireAnswer(source, settings, limits.threads(), ofLayer);
        }
        return new ConnectionPool(
                Optional.of(new HikariDataSource(pooled(source, settings, limits))),
                true,
                Vendor.of(settings.url()).isNetworked());
    }

    /** Observes a pool of the application, if its type is known. */
    static ConnectionPool watching(DataSource source) {
        return new ConnectionPool(
                source instanceof HikariDataSource known ? Optional.of(known) : Optional.empty(), false, true);
    }

    /** No pool that could be observed. */
    static ConnectionPool none() {
        return new ConnectionPool(Optional.empty(), false, true);
    }

    /** Our own pool. */
    HikariDataSource source() {
        return hikari.orElseThrow();
    }

    /** The connections of the configured pool. */
    ConnectionFactory connections(DatabaseSettings settings) {
        HikariDataSource source = source();
        JdbcSource logins = (JdbcSource) source.getDataSource();
        return new ReachablePool(new GrowingPool(source), this, logins.reachability(), settings);
    }

    /** The connections of an application's pool. */
    static ConnectionFactory connections(DataSource source) {
        ConnectionFactory pool =
                source instanceof HikariDataSource known ? new GrowingPool(known) : source::getConnection;
        return () -> take(pool);
    }

    private static Connection take(ConnectionFactory pool) {
        try {
            return pool.openConnection();
        } catch (SQLException failure) {
            throw DatabaseUnavailableException.ofPool(failure);
        }
    }

    /** The number of connections, if known. */
    int size() {
        return hikari.map(HikariDataSource::getHikariPoolMXBean)
                .map(HikariPoolMXBean::getTotalConnections)
                .orElse(0);
    }

    /** Why our own pool has had no connection and gets none for a long time; null otherwise. */
    @Nullable
    Throwable lastingFailure() {
        return ours && size() == 0
                ? ((JdbcSource) source().getDataSource()).reachability().lastingFailure()
                : null;
    }

    /** Whether packets can be lost between us and the database, if known. */
    boolean isNetworked() {
        return networked;
    }

    /** Whether a thread may be interrupted while it waits for a connection, because it runs no driver code then. */
    boolean mayInterrupt() {
        return ours && networked;
    }

    /** Prevents a connection in use from being reused. Call it before the connection is closed. */
    void evict(Connection connection) {
        hikari.ifPresent(pool -> pool.evictConnection(connection));
    }

    Optional<DatabaseStats.Pool> stats() {
        return hikari.map(HikariDataSource::getHikariPoolMXBean).map(ConnectionPool::stats);
    }

    /** The number of threads that wait for a connection, if known. */
    int pending() {
        return hikari.map(HikariDataSource::getHikariPoolMXBean)
                .map(HikariPoolMXBean::getThreadsAwaitingConnection)
                .orElse(0);
    }

    /** Closes our own pool, including connections in use; blocks up to some seconds. */
    void close() {
        if (ours) {
            hikari.ifPresent(ConnectionPool::close);
        }
    }

    private static void close(HikariDataSource pool) {
        pool.close();
        pool.getScheduledExecutor().shutdownNow();
    }

    private static DatabaseStats.Pool stats(HikariPoolMXBean pool) {
        return new DatabaseStats.Pool(pool.getActiveConnections(), pool.getIdleConnections());
    }

    private static void requireAnswer(JdbcSource source, DatabaseSettings settings, int threads, int ofLayer) {
        try (Connection connection = source.getConnection()) {
            NetworkTimeout.set(connection, settings.connectionTimeout());
            warnOfTooManyThreads(connection, settings, threads, ofLayer);
        } catch (SQLException e) {
            throw DatabaseUnavailableException.atStart(settings, e);
        }
    }

    // Not every server with this protocol has these settings.
    private static void warnOfTooManyThreads(
            Connection connection, DatabaseSettings settings, int threads, int ofLayer) {
        try {
            ConnectionBudget.warning(connection, settings.section(), threads, ofLayer)
                    .ifPresent(LOG::warn);
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("{} does not report how many connections it has", settings.url(), e);
        }
    }

    private static HikariConfig pooled(JdbcSource source, DatabaseSettings settings, DispatcherSettings limits) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setDataSource(source);
        config.setMaximumPoolSize(limits.threads());
        limits.lockTimeout().flatMap(Vendor.of(settings.url())::boundLocks).ifPresent(config::setConnectionInitSql);
        config.setReadOnly(settings.readOnly());
        config.setMinimumIdle(0);
        config.setIdleTimeout(settings.idleTimeout().toMillis());
        config.setMaxLifetime(settings.maxLifetime().toMillis());
        config.setConnectionTimeout(settings.connectionTimeout().toMillis());
        config.setValidationTimeout(
                shorter(settings.connectionTimeout(), LONGEST_VALIDATION).toMillis());
        // Idle connections are closed, so keeping them alive would be wasted.
        config.setKeepaliveTime(0);
        // fail-fast was handled before, with its own callback.
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverride(new BrokenConnections());
        config.setScheduledExecutor(TaskThread.ofPool(settings.name()));
        return config;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
