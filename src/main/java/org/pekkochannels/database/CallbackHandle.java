package org.pekkochannels.database;

import java.sql.Connection;
import java.util.concurrent.Executor;
import org.jdbi.v3.core.CloseException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.concurrent.ThreadStack;
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.LateCancel;
import org.pekkochannels.database.jdbc.NetworkTimeout;
import org.pekkochannels.database.jdbc.OpenCopy;
import org.pekkochannels.database.jdbc.Vendor;

/**
 * The handle of one callback: opened on first use, closed when its callback ends. Confined to that callback's thread.
 *
 * <p>While it is open it is JDBI's handle for this thread. So on-demand objects and {@code jdbi.withHandle} inside the callback share it,
 * instead of waiting for a second connection, which this thread itself may prevent.
 */
final class CallbackHandle implements HandleSource, AutoCloseable {
    private static final SafeLog LOG = SafeLog.of(CallbackHandle.class);

    private final CallbackConnections connections;
    private final @Nullable CallLimits limits;
    private final @Nullable Cancellation cancellation;
    private final Executor caller;
    private final Thread thread = Thread.currentThread();
    private @Nullable Throwable opening;
    private @Nullable Handle handle;
    private @Nullable ConnectionAbort abort;
    private @Nullable NetworkTimeout networkTimeout;
    private @Nullable WatchedStatements statements;
    private @Nullable TransactionOptions options;
    private @Nullable CallbackTransaction transaction;
    private long openedNanos;
    private boolean fit;
    private boolean done;
    private boolean failed;
    private boolean cutOff;
    private boolean closed;

    CallbackHandle(CallbackEnvironment environment) {
        this.connections = environment.connections();
        this.limits = environment.limits();
        this.cancellation = environment.cancellation();
        this.caller = environment.caller();
    }

    /** Describes its owner; any thread. */
    String description() {
        return caller instanceof RunningTurn turn ? turn.description() : "a callback on " + thread.getName();
    }

    /** The database thread that uses it. */
    Thread thread() {
        return thread;
    }

    /** The current stack of its callback, and the place where it was opened, if recorded; any thread. */
    ThreadStack stack() {
        return new ThreadStack(thread, opening);
    }

    @Override
    public Handle handle() {
        if (closed) {
            throw EscapedHandle.explained();
        }
        if (handle == null) {
            StackRoom.require();
        }
        return handleWithRoom();
    }

    /** The same handle, for a caller whose stack has room because no code of the application is on it. */
    Handle handleWithRoom() {
        Handle opened = handle;
        if (opened == null) {
            opened = open();
            // It will be closed from here on, even if the following steps fail.
            handle = opened;
            prepare(opened);
        } else if (!fit) {
            throw new IllegalStateException("this callback's handle could not be prepared; let the callback fail with"
                    + " the exception of its first request for the handle");
        }
        return opened;
    }

    @Override
    public void beginTransaction(TransactionOptions wanted) {
        if (closed) {
            throw EscapedHandle.explained();
        }
        if (options != null) {
            throw new IllegalStateException("this callback has a transaction already, with " + options
                    + "; to use a second one, let it end, and send the rest of the work as another callback");
        }
        if (handle != null) {
            throw new IllegalStateException(
                    "beginTransaction was called after this callback's handle was opened, and earlier statements on"
                            + " it are committed; call it before handle(), or give a part of the callback its own transaction"
                            + " with handle().useTransaction(..)");
        }
        options = wanted;
    }

    /** Records where it was opened, for {@link #stack}. */
    void openedAt(Throwable place) {
        opening = place;
    }

    /** Whether its callback requested a transaction that only reads. */
    boolean isReadOnly() {
        return options != null && options.readOnly();
    }

    /** A connection whose statements the callback's limits and its cancellation reach, or null if there are none. */
    @Nullable
    GuardedConnection guarded(Connection connection) {
        return limits == null && cancellation == null ? null : new GuardedConnection(connection, limits, cancellation);
    }

    /** Records when it was opened, if that is measured. */
    void openedAt(long nanoTime) {
        openedNanos = nanoTime;
    }

    long openedAt() {
        return openedNanos;
    }

    /** How often the callback may run for the transaction that it requested. */
    int attempts() {
        return options == null ? 1 : options.attempts();
    }

    /** Rejects a result of the callback that cannot be used after the handle is closed, and a COPY that has not ended. */
    void check(@Nullable Object result) {
        if (handle != null) {
            OpenCopy.cancelAndRefuse(handle.getConnection());
        }
        EscapedHandle.refuse(result, statements != null && statements.areOpen());
    }

    /** Commits the transaction that the callback requested, if any. */
    void commit() {
        if (transaction == null) {
            return;
        }
        // Before the commit begins, because it may wait, and a cancel must still reach it.
        boolean committed = transaction.publish();
        if (cancellation != null) {
            cancellation.beginCommit(committed);
        }
        transaction.commit();
    }

    /** The work has succeeded and is committed: later failures of the connection do not fail it. */
    void done() {
        done = true;
    }

    /** Rolls back the transaction that the callback requested, if any. */
    void rollback(Throwable failure) {
        failed = true;
        release();
        if (handle != null) {
            OpenCopy.cancel(handle.getConnection());
        }
        cutOff = limits != null && limits.haveCutOff(failure);
        if (transaction != null) {
            transaction.rollback(failure);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (handle != null) {
            close(handle);
        }
    }

    private Handle open() {
        Deadline deadline = limits == null ? null : limits.deadline();
        if (deadline == null || !connections.pool().isNetworked()) {
            return connections.jdbi().open();
        }
        ConnectionAbort end = new ConnectionAbort(deadline, connections.pool().mayInterrupt());
        abort = end;
        connections.watch().add(end);
        return open(end);
    }

    private Handle open(ConnectionAbort end) {
        try {
            Handle opened = connections.jdbi().open();
            end.opened(opened.getConnection());
            return opened;
        } catch (Throwable failure) {
            end.notOpened();
            connections.watch().remove(end);
            throw failure;
        }
    }

    private void begin(Handle opened) {
        if (options != null) {
            transaction = new CallbackTransaction(opened, options);
            transaction.begin();
            if (limits != null) {
                limits.begin(opened);
            }
        }
    }

    private void prepare(Handle opened) {
        connections.open().add(this);
        connections.jdbi().getHandleScope().set(opened);
        attachStatements(opened);
        watch(opened);
        if (limits != null) {
            limits.open(opened);
            networkTimeout = limits.boundNetwork(opened);
        }
        if (cancellation != null) {
            cancellation.guard(opened);
        }
        begin(opened);
        fit = true;
    }

    // As jdbi.withHandle does: the handle's close then closes statements that the callback left open. The handle's own
    // configuration is a copy that is made when it is asked for; ours is set so already, which saves the copy.
    private void attachStatements(Handle opened) {
        SqlStatements common = connections.jdbi().getConfig(SqlStatements.class);
        if (common.isAttachAllStatementsForCleanup() != common.isAttachCallbackStatementsForCleanup()) {
            SqlStatements own = opened.getConfig(SqlStatements.class);
            own.setAttachAllStatementsForCleanup(own.isAttachCallbackStatementsForCleanup());
        }
    }

    private void watch(Handle opened) {
        WatchedStatements watched = new WatchedStatements(opened.getStatementBuilder(), this);
        opened.setStatementBuilder(watched);
        statements = watched;
    }

    /** Ends what the callback left open; false if it could not look, because the connection does not answer. */
    private boolean endLeftOpen(Handle opened) {
        boolean stuck = cancellation != null && cancellation.isStuck();
        if (statements == null || stuck) {
            return false;
        }
        connections.left().end(this, opened, statements.changes());
        return true;
    }

    private void close(Handle opened) {
        connections.jdbi().getHandleScope().clear();
        boolean committed;
        try {
            committed = finish(opened);
        } catch (Throwable failure) { // whatever a driver throws, its connection returns to the pool
            giveBackAfter(failure, opened);
            throw failure;
        }
        giveBack(opened, committed);
    }

    /** Makes the connection ready for the next message; returns whether the callback's work is committed. */
    private boolean finish(Handle opened) {
        release();
        if (limits != null) {
            limits.close(opened);
        }
        boolean committed = done && (endLeftOpen(opened) || !isInTransaction(opened));
        if (networkTimeout != null) {
            networkTimeout.restore();
        }
        return committed;
    }

    /** The pool may close an evicted connection before its handle is closed. JDBI's message of that must not hide the failure. */
    private void giveBackAfter(Throwable failure, Handle opened) {
        try {
            giveBack(opened, false);
        } catch (CloseException lost) {
            failure.addSuppressed(lost);
        }
    }

    private void giveBack(Handle opened, boolean committed) {
        try {
            try {
                if (endsConnection(opened)) {
                    connections.pool().evict(opened.getConnection());
                }
            } finally {
                opened.close();
            }
        } catch (CloseException e) {
            requireCommitted(committed, e);
        } finally {
            opened.setStatementBuilder(EscapedHandle.STATEMENTS);
            connections.open().remove(this);
        }
    }

    /**
     * The connection cannot be aborted from now on. Returns whether it must not be reused: because it was aborted before, a cancel may
     * still hit it, or the driver has closed it. After a statement was cut off, MySQL's driver reports the latter neither to the pool nor
     * to us.
     */
    private boolean endsConnection(Handle opened) {
        boolean taken = false;
        if (abort != null) {
            connections.watch().remove(abort);
            taken = abort.end();
        }
        return taken
                || (cancellation != null && cancellation.isStuck())
                || (failed && DriverConnection.isClosed(opened.getConnection()))
                || (cutOff && Vendor.of(opened) == Vendor.MYSQL);
    }

    // From here on a late cancel cannot hit the connection's next statement.
    private void release() {
        if (cancellation == null || handle == null) {
            return;
        }
        boolean sent = cancellation.release();
        if (cancellation.isStuck()) {
            // No roll-back is requested either, because the network does not respond.
            cancellation.abortConnection();
        } else if (sent) {
            LateCancel.takeFrom(handle);
        }
    }

    // A callback that leaves a transaction open has a bug, which closing the handle reports.
    private static boolean isInTransaction(Handle opened) {
        try {
            return opened.isInTransaction();
        } catch (TransactionException e) {
            // The connection was lost, with everything uncommitted.
            return false;
        }
    }

    private static void requireCommitted(boolean committed, CloseException failure) {
        if (!committed) {
            throw failure;
        }
        LOG.warn("a connection could not be returned after its work, which remains valid", failure);
    }
}
