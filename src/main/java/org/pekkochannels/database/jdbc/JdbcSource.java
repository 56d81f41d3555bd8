package org.pekkochannels.database.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Connections from one driver. Credentials are kept here: the pool above knows neither them nor the URL, so it cannot log them, and they
 * are removed from the driver's failures. Thread-safe.
 */
public final class JdbcSource implements DataSource {
    private static final SafeLog LOG = SafeLog.of(JdbcSource.class);

    private static final String SOCKET_FACTORY = "socketFactory";

    private final Driver driver;
    private final DatabaseUrl url;
    private final String section;
    private final Properties properties = new Properties();
    private final Secrets secrets;
    private final boolean readOnly;
    private final Optional<Duration> lockTimeout;
    private final Optional<Duration> silence;
    private final BoundedLogin logins;
    private final Reachability reachability;
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile int loginTimeoutSeconds;

    /**
     * Connections of one database.
     *
     * @param connections the maximum number at the same time
     * @param lockTimeout the limit of a statement's wait for a lock, if any
     */
    public JdbcSource(Driver driver, DatabaseSettings settings, int connections, Optional<Duration> lockTimeout) {
        this.driver = driver;
        this.url = settings.url();
        this.section = settings.section();
        this.readOnly = settings.readOnly();
        this.lockTimeout = lockTimeout;
        this.logins = new BoundedLogin(section, settings.connectionTimeout(), connections);
        this.reachability = new Reachability(settings.connectionTimeout());
        this.secrets = new Secrets(url.jdbc(), settings.user(), settings.password());
        setProperty("user", settings.user());
        setProperty("password", settings.password());
        Vendor vendor = Vendor.of(url);
        vendor.properties(readOnly, lockTimeout).forEach(this::setUnlessInUrl);
        vendor.network(settings.connectionTimeout()).forEach(this::setUnlessInUrl);
        this.silence = vendor.isNetworked() && !isInUrl("socketTimeout")
                ? Optional.of(settings.networkTimeout())
                : Optional.empty();
    }

    public Reachability reachability() {
        return reachability;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Connection connection = logins.connect(this::login);
            reachability.loggedIn();
            return connection;
        } catch (SQLException e) {
            SQLException failure = secrets.withoutSecrets(e);
            reachability.failed(failure);
            throw failure;
        }
    }

    private Connection login() throws SQLException {
        try {
            Connection connection = ConnectionSocket.of(this::connect);
            prepareOrClose(connection);
            return connection;
        } catch (RuntimeException e) {
            throw new SQLException(e.toString(), e);
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user is " + section + ".user");
    }

    @Override
    public String toString() {
        return url.toString();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) throws SQLException {
        throw new SQLFeatureNotSupportedException("logging is through SLF4J only");
    }

    // Drivers have no timeout for a single connection, but the pool reads this one when it closes, and waits as long.
    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeoutSeconds = seconds;
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeoutSeconds;
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logging is through SLF4J only");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }

    private Connection connect() throws SQLException {
        Connection connection = driver.connect(url.jdbc(), (Properties) properties.clone());
        if (connection == null) {
            throw new SQLException("the driver does not accept " + url + "; check " + section + ".url");
        }
        return connection;
    }

    // Otherwise a connection that the pool never received would stay open.
    private void prepareOrClose(Connection connection) throws SQLException {
        try {
            if (Vendor.of(url) == Vendor.POSTGRESQL && (readOnly || lockTimeout.isPresent())) {
                setSession(connection);
            }
            if (silence.isPresent()) {
                NetworkTimeout.setFirst(connection, silence.get());
            }
        } catch (Throwable failure) {
            close(connection, failure);
            throw failure;
        }
    }

    private static void close(Connection connection, Throwable reason) {
        try {
            connection.close();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    // For statements outside our transactions, which set this themselves: mainly in autocommit. Not behind a pooler,
    // where another client uses the session next, and where the driver would make it read-only as well.
    private void setSession(Connection connection) throws SQLException {
        if (!Pooler.isBetween(connection)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sessionSettings());
            }
        } else if (readOnly && !warned.getAndSet(true)) {
            LOG.warn(
                    "{} is reached through a pooler: {}.read-only = on makes transactions read-only there, but cannot keep"
                            + " withHandle from writing; let its user do that: alter role .. set"
                            + " default_transaction_read_only = on",
                    url,
                    section);
        }
    }

    private String sessionSettings() {
        String access = readOnly ? "set session characteristics as transaction read only; " : "";
        return access
                + lockTimeout
                        .map(limit -> "set lock_timeout = " + limit.toMillis())
                        .orElse("");
    }

    // Not every driver gives its URL precedence.
    private void setUnlessInUrl(String key, String value) {
        if (!isInUrl(key) && (!key.equals(SOCKET_FACTORY) || isVisible(value))) {
            setProperty(key, value);
        }
    }

    private boolean isInUrl(String key) {
        return url.jdbc().contains(key + "=");
    }

    // A driver may have its own class loader.
    private boolean isVisible(String className) {
        try {
            return Class.forName(className, false, driver.getClass().getClassLoader()) != null;
        } catch (ClassNotFoundException | LinkageError elsewhere) {
            return false;
        }
    }

    private void setProperty(String key, String value) {
        if (!value.isEmpty()) {
            properties.setProperty(key, value);
        }
    }
}
