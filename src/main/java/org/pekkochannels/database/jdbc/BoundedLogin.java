package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Logs in on a separate thread, so that a database that accepts the connection and never answers blocks the pool for at most
 * {@code connection-timeout}: the pool has only one thread that opens connections. Thread-safe.
 *
 * <p>An abandoned login continues until its driver gives up, too, and a connection that it gets then is closed. At most as many run at the
 * same time as the pool has connections.
 */
final class BoundedLogin {
    private static final SafeLog LOG = SafeLog.of(BoundedLogin.class);

    private final String section;
    private final Duration timeout;
    private final int most;
    private final Semaphore places;

    /**
     * Logins of one database.
     *
     * @param section the path of the section, for messages
     * @param timeout how long a login may take
     * @param most the maximum number at the same time, including abandoned ones
     */
    BoundedLogin(String section, Duration timeout, int most) {
        this.section = section;
        this.timeout = timeout;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /** Requests a connection from a driver; blocks. */
    interface Login {
        Connection connect() throws SQLException;
    }

    /**
     * The connection, if the login succeeds in time; blocks until then.
     *
     * @throws SQLException the login's failure, or that it was abandoned, or that too many abandoned ones are still running
     */
    Connection connect(Login login) throws SQLException {
        if (!places.tryAcquire()) {
            throw new SQLTransientConnectionException(
                    "no login is tried while " + most + " others (" + section
                            + ".threads) are unanswered, which were abandoned after " + timeout.toMillis() + " ms",
                    "08001");
        }
        CompletableFuture<Connection> outcome = new CompletableFuture<>();
        start(() -> run(login, outcome));
        return await(outcome);
    }

    private void start(Runnable login) {
        Thread thread = new Thread(login, "channels-database-login");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (Throwable noThread) {
            places.release();
            throw noThread;
        }
    }

    private void run(Login login, CompletableFuture<Connection> outcome) {
        try {
            Connection connection = login.connect();
            if (!outcome.complete(connection)) {
                connection.close();
            }
        } catch (Throwable failure) { // of a driver; the caller receives it, if it still waits
            if (!outcome.completeExceptionally(failure)) {
                LOG.debug("an abandoned login has failed", failure);
            }
        } finally {
            places.release();
        }
    }

    private Connection await(CompletableFuture<Connection> outcome) throws SQLException {
        try {
            return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return giveUp(
                    outcome,
                    "the login was not answered within " + timeout.toMillis() + " ms (" + section
                            + ".connection-timeout)");
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return giveUp(outcome, "the login was interrupted");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** The connection may have been obtained at this moment. */
    private static Connection giveUp(CompletableFuture<Connection> outcome, String why) throws SQLException {
        SQLException reason = new SQLTransientConnectionException(why, "08001");
        if (outcome.completeExceptionally(reason)) {
            throw reason;
        }
        try {
            return outcome.join();
        } catch (RuntimeException e) {
            throw failure(e.getCause());
        }
    }

    private static SQLException failure(@Nullable Throwable cause) {
        if (cause instanceof SQLException sql) {
            return sql;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new SQLException(String.valueOf(cause), cause);
    }
}
