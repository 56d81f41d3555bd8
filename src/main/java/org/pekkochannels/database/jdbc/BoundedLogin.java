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
 * Logs in on a thread of its own, so that a database that accepts the connection and never answers blocks the pool for no longer
 * than {@code connection-timeout}: the pool has only one thread that opens connections. Thread-safe.
 *
 * <p>A login that is given up goes on until its driver gives up too, and what it gets then is closed. There are no more of them
 * at once than the pool has connections.
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
     * @param section where the keys stand, for messages
     * @param timeout how long one may take
     * @param most how many there may be at once, those that were given up included
     */
    BoundedLogin(String section, Duration timeout, int most) {
        this.section = section;
        this.timeout = timeout;
        this.most = most;
        this.places = new Semaphore(most);
    }

    /** Asks a driver for a connection; blocks. */
    interface Login {
        Connection connect() throws SQLException;
    }

    /**
     * The connection that a login gets in time; blocks until then.
     *
     * @throws SQLException what the login throws, or that it was given up, or that too many given up ones are under way
     */
    Connection connect(Login login) throws SQLException {
        if (!places.tryAcquire()) {
            throw new SQLTransientConnectionException(
                    "no login is tried while " + most + " others (" + section
                            + ".threads) are not answered, which were given up after " + timeout.toMillis() + " ms",
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
        } catch (Throwable failure) { // a driver's; the caller gets it, if it still waits
            if (!outcome.completeExceptionally(failure)) {
                LOG.debug("a login that was given up has failed", failure);
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

    /** The connection may have come just now. */
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
