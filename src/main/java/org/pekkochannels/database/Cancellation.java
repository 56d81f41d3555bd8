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
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.PostgresCancel;
import org.pekkochannels.database.jdbc.TimerThread;

/**
 * Whether one call was cancelled, and the guard between its statements and {@code Statement.cancel}. Thread-safe.
 *
 * <p>A database that is told to cancel does so to whatever the connection runs when it hears of it. So a statement is
 * cancelled only while it is open, and the database thread waits for a cancel under way before it closes the statement,
 * commits, rolls back or gives the connection away. Once the call commits no cancel is sent, although statements may be open
 * still. A call that was cancelled begins no other statement.
 *
 * <p>To cancel blocks (a driver opens another connection for it, and may wait for a network), so it has a thread of its own,
 * and there is no pool of them: cancels are rare, cost a connection anyway, and must not wait for each other. If a cancel has no
 * effect because the network is dead, the connection is aborted.
 */
final class Cancellation {
    private static final SafeLog LOG = SafeLog.of(Cancellation.class);

    // Drivers and servers forget a cancel that comes before the statement has reached them: it is repeated until it has
    // had an effect.
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    // A cancel that takes longer connects to a network that is dead, or to a server that cannot help.
    private static final long GRACE_MILLIS = 1000;
    // A statement that goes on for so long after its first cancel will not hear of any.
    private static final Duration LONGEST = Duration.ofSeconds(10);

    // A driver's cancel may wait for a dead network as long as a statement may: beyond, connections are aborted at
    // once.
    private static final Semaphore THREADS = new Semaphore(256);

    private final List<Statement> open = new ArrayList<>(2);
    private boolean requested;
    private Phase phase = Phase.WORKING;
    private Sending sending = Sending.NOTHING;
    private boolean stuck;
    private @Nullable Connection connection;

    /** How far the call has come. */
    private enum Phase {
        /** Its statements may be cancelled. */
        WORKING,
        /** The outcome is the database's. */
        COMMITTING,
        OVER
    }

    /** What was sent to cancel the statements since they were last released. */
    private enum Sending {
        NOTHING,
        UNDER_WAY,
        SENT
    }

    /** Asks for it; false if it was asked for before, or the call is over. */
    synchronized boolean request() {
        boolean first = !requested && phase != Phase.OVER;
        requested |= first;
        return first;
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** Whether a failure of the work comes of this: once it commits, it does not. */
    synchronized boolean hasStruck() {
        return requested && phase != Phase.COMMITTING;
    }

    /** Nothing is to be cancelled any more. */
    synchronized void end() {
        phase = Phase.OVER;
    }

    /** Cancels what runs, until it has ended; returns at once. */
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
            // Not on the thread that cancels, which a dead network may hold.
            Future<?> unused = TimerThread.after(LONGEST, this::abort);
            Thread thread = new Thread(this::cancelAndRelease, "channels-database-cancel");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            THREADS.release();
            LOG.warn("a statement is not cancelled, as no thread could be started for it", noThread);
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

    /** Looks after all statements of a handle. */
    synchronized void guard(Handle handle) {
        connection = DriverConnection.below(handle.getConnection());
        stuck = false;
        handle.setStatementBuilder(new Guarded(handle.getStatementBuilder()));
    }

    /** From here on it is too late to cancel; fails if that was asked for before. */
    synchronized void beginCommit() {
        if (requested) {
            throw DatabaseCancelledException.betweenStatements();
        }
        phase = Phase.COMMITTING;
    }

    /**
     * A transaction on a handle commits: if it is one within a call, no cancel may reach its commit either. Fails if a cancel
     * was asked for before. Where the commit then fails, the failure stays what it is.
     *
     * @return what to tell of the end of such a commit
     */
    static @Nullable Cancellation beginInnerCommit(Handle handle) {
        return handle.getStatementBuilder() instanceof Guarded guarded ? guarded.beginInnerCommit() : null;
    }

    /** The call goes on after the commit of a transaction within it. */
    synchronized void endInnerCommit() {
        phase = Phase.WORKING;
    }

    private synchronized boolean commitsWithin() {
        boolean within = phase == Phase.WORKING;
        if (within) {
            beginCommit();
        }
        return within;
    }

    /**
     * The statements are done with; returns when nothing more is sent to cancel them.
     *
     * @return whether something was since the last time, which the database may have heard too late
     */
    synchronized boolean release() {
        awaitCancel();
        open.clear();
        notifyAll();
        boolean wasSent = sending == Sending.SENT;
        sending = Sending.NOTHING;
        return wasSent;
    }

    /**
     * Whether a cancel may still reach the database, or none has an effect: then the connection must be aborted, and not given to
     * another message.
     */
    synchronized boolean isStuck() {
        return stuck;
    }

    // Looked at after the statement was made: a request from then on finds it.
    private <S extends Statement> S opened(S statement) throws SQLException {
        if (!admit(statement)) {
            statement.close();
            throw DatabaseCancelledException.betweenStatements();
        }
        return statement;
    }

    private synchronized boolean admit(Statement statement) {
        return !requested && open.add(statement);
    }

    private synchronized void closing(Statement statement) {
        awaitCancel();
        open.remove(statement);
        notifyAll();
    }

    private synchronized boolean mayCancel() {
        return phase == Phase.WORKING && !open.isEmpty();
    }

    private void awaitCancel() {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
        boolean interrupted = false;
        while (sending == Sending.UNDER_WAY && !stuck) {
            try {
                wait(GRACE_MILLIS);
                stuck = sending == Sending.UNDER_WAY && System.nanoTime() - until >= 0;
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

    /** What is to be cancelled. */
    private synchronized List<Statement> beginCancel() {
        if (!mayCancel() || stuck) {
            return List.of();
        }
        sending = Sending.UNDER_WAY;
        return List.copyOf(open);
    }

    /** Takes the connection of what runs still. */
    private synchronized void abort() {
        if (mayCancel()) {
            stuck = true;
            abortConnection();
        }
    }

    /** Ends whatever the connection does, which then is stuck. */
    synchronized void abortConnection() {
        if (connection != null) {
            DriverConnection.abort(connection);
        }
    }

    private synchronized void endCancel() {
        sending = Sending.SENT;
        notifyAll();
    }

    private static void cancel(Statement statement, boolean again) {
        try {
            if (!again || !PostgresCancel.send(statement)) {
                statement.cancel();
            }
        } catch (Throwable e) { // a driver's failure; the cancel is repeated as long as the statement is open
            LOG.debug("a statement could not be cancelled", e);
        }
    }

    private synchronized void awaitClose(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            for (long left = millis; left > 0 && !open.isEmpty(); ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            }
        } catch (InterruptedException e) {
            // Nobody does that to this thread.
            Thread.currentThread().interrupt();
        }
    }

    /** Tells of each statement before it can run, and before it is closed. */
    private final class Guarded implements StatementBuilder {
        private final StatementBuilder builder;

        Guarded(StatementBuilder builder) {
            this.builder = builder;
        }

        @Nullable
        Cancellation beginInnerCommit() {
            return commitsWithin() ? Cancellation.this : null;
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
