package org.pekkochannels.database;

import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.NetworkTimeout;

/**
 * Aborts the connection of a callback whose deadline has passed and whose database does not respond. Thread-safe.
 *
 * <p>A callback that still waits for a connection is interrupted, which only our own pool is known to handle. Confined to its thread, except
 * {@link #strike} and {@link #isDue}.
 */
final class ConnectionAbort {
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
     * Can abort the connection of the current thread's callback.
     *
     * @param interrupts whether the thread may be interrupted while it waits for a connection
     */
    ConnectionAbort(Deadline deadline, boolean interrupts) {
        this.deadline = deadline;
        this.interrupts = interrupts;
    }

    /** Whether the deadline has passed, and the database, if it was reached, has had time to report it. */
    synchronized boolean isDue() {
        Duration grace = phase == Phase.OPENING ? Duration.ZERO : NetworkTimeout.GRACE;
        return deadline.remaining().plus(grace).isNegative();
    }

    /** A connection was obtained, possibly after the interruption. */
    synchronized void opened(Connection made) {
        endOpening();
        connection = DriverConnection.below(made);
        phase = Phase.WORKING;
        struck = false;
    }

    /** No connection was obtained. */
    synchronized void notOpened() {
        endOpening();
        phase = Phase.OVER;
    }

    /** The callback no longer needs its connection; returns whether it was aborted, and so must not be reused. */
    synchronized boolean end() {
        phase = Phase.OVER;
        return connection != null && struck;
    }

    /** Aborts the connection, or ends the wait for it; once. */
    synchronized void strike() {
        if (struck || phase == Phase.OVER) {
            return;
        }
        Connection taken = connection;
        if (taken != null) {
            struck = true;
            DriverConnection.abort(taken);
        } else if (interrupts) {
            struck = true;
            thread.interrupt();
        }
    }

    private void endOpening() {
        if (struck) {
            Thread.interrupted();
        }
    }
}
