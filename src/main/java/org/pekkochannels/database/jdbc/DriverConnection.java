package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.pekkochannels.concurrent.SafeLog;

/** The connection of the driver, below those of pools. Stateless. */
public final class DriverConnection {
    private static final SafeLog LOG = SafeLog.of(DriverConnection.class);

    private DriverConnection() {}

    /** The driver's connection. A pool's connection drops it at the first failure, for example of a cancel. */
    public static Connection below(Connection connection) {
        try {
            return connection.unwrap(Connection.class);
        } catch (SQLException | RuntimeException wrapsNothing) {
            return connection;
        }
    }

    /** Whether the driver has closed its connection, which a pool may not know. */
    public static boolean isClosed(Connection connection) {
        try {
            return below(connection).isClosed();
        } catch (SQLException | RuntimeException | LinkageError lost) {
            return true;
        }
    }

    /**
     * Aborts a connection, which then must be evicted from its pool; returns at once.
     *
     * <p>Runs on a separate thread, because closing a TLS socket may block. A database thread aborts at most its own connection, so there
     * are never more of these threads than database threads.
     */
    public static void abort(Connection connection) {
        try {
            Thread thread = new Thread(() -> abortNow(connection), "channels-database-abort");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("a connection is not aborted, because no thread could be started for it", noThread);
        }
    }

    private static void abortNow(Connection connection) {
        try {
            ConnectionSocket.close(connection);
            Executor here = Runnable::run;
            connection.abort(here);
        } catch (Throwable failure) { // of a driver
            LOG.debug("a connection was not aborted", failure);
        }
    }
}
