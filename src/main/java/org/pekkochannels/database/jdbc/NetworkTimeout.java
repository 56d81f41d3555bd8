package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * How long one callback's connection may wait for a packet. Confined to the callback's thread.
 *
 * <p>It applies if a database sends nothing at all, so that neither its own timeouts nor a cancel can end a statement.
 */
public final class NetworkTimeout {
    /** How much later than the database's own timeouts it fires, because those leave the connection usable. */
    public static final Duration GRACE = Duration.ofSeconds(1);

    private static final SafeLog LOG = SafeLog.of(NetworkTimeout.class);

    private final Connection connection;
    private final int before;

    private NetworkTimeout(Connection connection, int before) {
        this.connection = connection;
        this.before = before;
    }

    /** Sets it for a statement with this limit; null if it is shorter already, or the driver has none. */
    public static @Nullable NetworkTimeout set(Connection connection, Duration statement) {
        try {
            int before = connection.getNetworkTimeout();
            int millis = millis(statement.plus(GRACE));
            if (before > 0 && before <= millis) {
                return null;
            }
            connection.setNetworkTimeout(Runnable::run, millis);
            return new NetworkTimeout(connection, before);
        } catch (SQLException | AbstractMethodError unknown) {
            LOG.debug("a connection does not support a network timeout", unknown);
            return null;
        }
    }

    /** For a connection that was just opened: the default for all statements. */
    static void setFirst(Connection connection, Duration silence) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, millis(silence));
        } catch (SQLFeatureNotSupportedException | AbstractMethodError unknown) {
            LOG.debug("a connection does not support a network timeout", unknown);
        }
    }

    /** Restores the previous value. A pool may do so itself, but not every source of connections is a pool. */
    public void restore() {
        try {
            connection.setNetworkTimeout(Runnable::run, before);
        } catch (SQLException lost) {
            LOG.debug("a connection's network timeout was not restored", lost);
        }
    }

    private static int millis(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, time.toMillis()));
    }
}
