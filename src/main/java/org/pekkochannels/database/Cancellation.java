package org.pekkochannels.database;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.PostgresCancel;
import org.pekkochannels.database.jdbc.TimerThread;

/**
 * Whether one call was cancelled, and the guard between its statements and {@code Statement.cancel}. Thread-safe.
 *
 * <p>A database applies a cancel to whatever the connection runs when the cancel arrives. Therefore a statement is cancelled only while it
 * is open. The database thread waits for a cancel in progress before it closes the statement, commits, rolls back or returns the
 * connection. Once the call commits no cancel is sent, even if statements are still open. A cancelled call executes no further statement.
 *
 * <p>Cancelling blocks, because a driver opens another connection for it and may wait for a network. So each cancel runs on a separate
 * thread. They are not pooled: cancels are rare, cost a connection anyway, and must not wait for each other. If a cancel has no effect
 * because the network is dead, the connection is aborted.
 */
final class Cancellation {
    private static final SafeLog LOG = SafeLog.of(Cancellation.class);

    // Drivers and servers drop a cancel that arrives before the statement; so it is repeated until it has an effect.
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    // A slower cancel is connecting to a dead network, or to a server that cannot help.
    private static final long GRACE_MILLIS = 1000;
    // A statement that continues this long after its first cancel will not react to any.
    private static final Duration LONGEST = Duration.ofSeconds(10);

    // A driver's cancel may wait for a dead network as long as a statement may. Beyond this number, connections are
    // aborted at once.
    private static final Semaphore THREADS = new Semaphore(256);

    private final List<Statement> open = new ArrayList<>(2);
    private boolean requested;
    private Phase phase = Phase.WORKING;
    private Sending sending = Sending.NOTHING;
    private @Nullable Connection connection;

    /** The progress of the call. */
    private enum Phase {
        /** Its statements may be cancelled. */
        WORKING,
        /** The database determines the outcome. */
        COMMITTING,
        OVER
    }

    /** What was sent to cancel the statements since the last release. */
    private enum Sending {
        NOTHING,
        /** The database thread waits for it before it closes a statement, commits, rolls back or returns the connection. */
        UNDER_WAY,
        /** It may reach the database after the statement has ended. */
        SENT,
        /** A cancel did not return, or none had an effect: nothing more is sent, and the connection must be aborted. */
        STUCK
    }

    /** Requests the cancellation; false if it was requested before, or the call is over. */
    synchronized boolean request() {
        boolean first = !requested && phase != Phase.OVER;
        requested |= first;
        return first;
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** Whether the cancellation caused a failure of the work: once the work commits, it did not. */
    synchronized boolean hasStruck() {
        return requested && phase != Phase.COMMITTING;
    }

    /** No cancel is sent any more. */
    synchronized void end() {
        phase = Phase.OVER;
    }

    /** Cancels running statements until they have ended; returns at once. */
    void strike() {
        if (mayCancel()) {
            start();
        }
    }

    private void start() {
        if (!THREADS.tryAcquire()) {
            abort();
            return;
        }
        try {
            // Not on the thread that cancels, which a dead network may block.
            Future<?> unused = TimerThread.after(LONGEST, this::abort);
            Thread thread = new Thread(this::cancelAndRelease, "channels-database-cancel");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            THREADS.release();
            LOG.warn("a statement is not cancelled, because no thread could be started for it", noThread);
        }
    }

    private void cancelAndRelease() {
        try {
            cancelUntilClosed();
        } finally {
            THREADS.release();
        }
    }

    /** Another attempt at the work begins. */
    synchronized void beginAttempt() {
        phase = Phase.WORKING;
    }

    /** Guards all statements of a handle. */
    synchronized void guard(Handle handle) {
        connection = DriverConnection.below(handle.getConnection());
        sending = sending == Sending.STUCK ? Sending.NOTHING : sending;
        handle.setStatementBuilder(new Guarded(handle.getStatementBuilder()));
    }

    /**
     * Too late to cancel from here on; fails if it was requested before.
     *
     * @param committed whether the transaction has committed already, so that it is too late in any case
     */
    synchronized void beginCommit(boolean committed) {
        if (requested && !committed) {
            throw DatabaseCancelledException.betweenStatements();
        }
        phase = Phase.COMMITTING;
    }

    /**
     * A transaction on a handle commits. If it is nested in a call, a cancel must not reach its commit either. Fails if a cancel was
     * requested before, unless the transaction has committed already. A failure of the commit itself is reported unchanged.
     *
     * @return the cancellation to notify of the end of such a commit
     */
    static @Nullable Cancellation beginInnerCommit(Handle handle, boolean committed) {
        return handle.getStatementBuilder() instanceof Guarded guarded ? guarded.beginInnerCommit(committed) : null;
    }

    /** The builder of a handle's statements without this guard. */
    static StatementBuilder unguarded(StatementBuilder builder) {
        return builder instanceof Guarded guarded ? guarded.builder : builder;
    }

    /** The call continues after the commit of a nested transaction. */
    synchronized void endInnerCommit() {
        phase = Phase.WORKING;
    }

    private synchronized boolean commitsWithin(boolean committed) {
        boolean within = phase == Phase.WORKING;
        if (within) {
            beginCommit(committed);
        }
        return within;
    }

    /**
     * The statements are finished; returns when no cancel is being sent any more.
     *
     * @return whether one was sent since the last release, which the database may receive late
     */
    synchronized boolean release() {
        awaitCancel();
        open.clear();
        notifyAll();
        boolean wasSent = sending == Sending.SENT;
        sending = isStuck() ? Sending.STUCK : Sending.NOTHING;
        return wasSent;
    }

    /**
     * Whether a cancel may still reach the database, or none has an effect. Then the connection must be aborted instead of being reused.
     */
    synchronized boolean isStuck() {
        return sending == Sending.STUCK;
    }

    // Checked after the statement was created, so that a later request finds it.
    <S extends Statement> S opened(S statement) throws SQLException {
        if (!admit(statement)) {
            statement.close();
            throw DatabaseCancelledException.betweenStatements();
        }
        return statement;
    }

    private synchronized boolean admit(Statement statement) {
        return !requested && open.add(statement);
    }

    /** Returns when no cancel of the statement is being sent any more. */
    synchronized void closing(Statement statement) {
        awaitCancel();
        open.remove(statement);
        notifyAll();
    }

    private synchronized boolean mayCancel() {
        return phase == Phase.WORKING && !open.isEmpty();
    }

    private void awaitCancel() {
        long until = Ticker.SYSTEM.read() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        boolean interrupted = false;
        while (sending == Sending.UNDER_WAY) {
            try {
                wait(GRACE_MILLIS);
                if (sending == Sending.UNDER_WAY && Ticker.SYSTEM.read() - until >= 0) {
                    sending = Sending.STUCK;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancelUntilClosed() {
        List<Statement> running = beginCancel();
        for (long pause = FIRST_PAUSE_MILLIS; !running.isEmpty(); pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause)) {
            boolean again = pause > FIRST_PAUSE_MILLIS;
            try {
                running.forEach(statement -> cancel(statement, again));
            } finally {
                endCancel();
            }
            awaitClose(pause);
            running = beginCancel();
        }
    }

    /** The statements to cancel. */
    private synchronized List<Statement> beginCancel() {
        if (!mayCancel() || isStuck()) {
            return List.of();
        }
        sending = Sending.UNDER_WAY;
        return List.copyOf(open);
    }

    /** Aborts the connection of statements that still run. */
    private synchronized void abort() {
        if (mayCancel()) {
            sending = Sending.STUCK;
            abortConnection();
        }
    }

    /** Aborts the connection, which is stuck then. */
    synchronized void abortConnection() {
        if (connection != null) {
            DriverConnection.abort(connection);
        }
    }

    private synchronized void endCancel() {
        sending = isStuck() ? Sending.STUCK : Sending.SENT;
        notifyAll();
    }

    private static void cancel(Statement statement, boolean again) {
        try {
            if (!again || !PostgresCancel.send(statement)) {
                statement.cancel();
            }
        } catch (Throwable e) { // of a driver; the cancel is repeated as long as the statement is open
            LOG.debug("a statement was not cancelled", e);
        }
    }

    private synchronized void awaitClose(long millis) {
        long until = Ticker.SYSTEM.read() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            for (long left = millis; left > 0 && !open.isEmpty(); ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(until - Ticker.SYSTEM.read());
            }
        } catch (InterruptedException e) {
            // This thread is never interrupted.
            Thread.currentThread().interrupt();
        }
    }

    /** Reports each statement before it can run, and before it is closed. */
    private final class Guarded implements StatementBuilder {
        private final StatementBuilder builder;

        Guarded(StatementBuilder builder) {
            this.builder = builder;
        }

        @Nullable
        Cancellation beginInnerCommit(boolean committed) {
            return commitsWithin(committed) ? Cancellation.this : null;
        }

        @Override
        public Statement create(Connection connection, StatementContext context) throws SQLException {
            return opened(builder.create(connection, context));
        }

        @Override
        public PreparedStatement create(Connection connection, String sql, StatementContext context)
                throws SQLException {
            return opened(builder.create(connection, sql, context));
        }

        @Override
        public CallableStatement createCall(Connection connection, String sql, StatementContext context)
                throws SQLException {
            return opened(builder.createCall(connection, sql, context));
        }

        @Override
        public void close(Connection connection, String sql, Statement statement) throws SQLException {
            closing(statement);
            builder.close(connection, sql, statement);
        }
    }
}
