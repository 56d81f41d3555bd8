package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.pekkochannels.concurrent.SafeLog;

/** The connection of the driver, below those of pools. Stateless. */
public final class DriverConnection {
    private static final SafeLog LOG = SafeLog.of(DriverConnection.class);

    private DriverConnection() {}

    /** The driver's connection: that of a pool forgets it with the first failure, a cancel's for example. */
    public static Connection below(Connection connection) {
        try {
            return connection.unwrap(Connection.class);
        } catch (SQLException | RuntimeException wrapsNothing) {
            return connection;
        }
    }

    /** Whether the driver has closed its connection, which a pool need not know. */
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
     * <p>It has a thread of its own, because closing a socket of TLS may block. A database thread aborts at most the connection
     * that it has, so there are never more of these threads than database threads.
     */
    public static void abort(Connection connection) {
        try {
            Thread thread = new Thread(() -> abortNow(connection), "channels-database-abort");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            LOG.warn("a connection is not aborted, as no thread could be started for it", noThread);
        }
    }

    private static void abortNow(Connection connection) {
        try {
            ConnectionSocket.close(connection);
            Executor here = Runnable::run;
            connection.abort(here);
        } catch (Throwable failure) { // a driver's
            LOG.debug("a connection could not be aborted", failure);
        }
    }
}
