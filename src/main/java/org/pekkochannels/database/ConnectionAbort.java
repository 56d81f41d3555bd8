package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Takes the connection from a message whose time is over although its database says nothing. Thread-safe.
 *
 * <p>The connection is aborted on a thread of its own, as to close a socket of TLS may block; there are never more of them than
 * database threads. A message that still waits for a connection is interrupted, which only a pool of ours is sure to bear.
 * Confined to its thread but for {@link #strike} and {@link #isDue}.
 */
final class ConnectionAbort {
    private static final SafeLog LOG = SafeLog.of(ConnectionAbort.class);

    private final Deadline deadline;
    private final boolean interrupts;
    private final Thread thread = Thread.currentThread();
    private Phase phase = Phase.OPENING;
    private boolean struck;
    private @Nullable Connection connection;

    private enum Phase {
        OPENING,
        WORKING,
        OVER
    }

    /**
     * What can take the connection of the current thread's message.
     *
     * @param interrupts whether the thread may be interrupted while it waits for a connection
     */
    ConnectionAbort(Deadline deadline, boolean interrupts) {
        this.deadline = deadline;
        this.interrupts = interrupts;
    }

    /** Whether the time is over, and the database, if it was reached, has had its chance to say so. */
    synchronized boolean isDue() {
        Duration grace = phase == Phase.OPENING ? Duration.ZERO : NetworkTimeout.GRACE;
        return deadline.remaining().plus(grace).isNegative();
    }

    /** There is a connection, also if the interruption has come too late. */
    synchronized void opened(Connection made) {
        endOpening();
        connection = raw(made);
        phase = Phase.WORKING;
        struck = false;
    }

    /** There is no connection. */
    synchronized void notOpened() {
        endOpening();
        phase = Phase.OVER;
    }

    /** The message is done with its connection; returns whether it was taken, and so must not be given to another message. */
    synchronized boolean end() {
        phase = Phase.OVER;
        return connection != null && struck;
    }

    /** Takes the connection, or ends the wait for it; once. */
    synchronized void strike() {
        if (struck || phase == Phase.OVER) {
            return;
        }
        Connection taken = connection;
        if (taken != null) {
            struck = true;
            abort(taken);
        } else if (interrupts) {
            struck = true;
            thread.interrupt();
        }
    }

    /** The driver's connection: that of a pool forgets it with the first failure, a cancel's for example. */
    static Connection raw(Connection connection) {
        try {
            return connection.unwrap(Connection.class);
        } catch (SQLException | RuntimeException wrapsNothing) {
            return connection;
        }
    }

    /** Whether the driver has closed its connection, which a pool need not know. */
    static boolean isClosed(Connection connection) {
        try {
            return raw(connection).isClosed();
        } catch (SQLException | RuntimeException | LinkageError lost) {
            return true;
        }
    }

    /** Aborts a connection, which then must be evicted from its pool; returns at once. */
    static void abort(Connection connection) {
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

    private void endOpening() {
        if (struck) {
            Thread.interrupted();
        }
    }
}
