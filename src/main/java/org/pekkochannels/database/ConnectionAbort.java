package org.pekkochannels.database;

import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.NetworkTimeout;

/**
 * Takes the connection from a message whose time is over although its database says nothing. Thread-safe.
 *
 * <p>A message that still waits for a connection is interrupted, which only a pool of ours is sure to bear.
 * Confined to its thread but for {@link #strike} and {@link #isDue}.
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
        connection = DriverConnection.below(made);
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
