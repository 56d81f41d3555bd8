package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.core.transaction.UnableToRestoreAutoCommitStateException;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.CommitHook;
import org.pekkochannels.database.jdbc.HookedTransactions;
import org.pekkochannels.database.jdbc.OpenCopy;

/**
 * Corrects four cases of JDBI's transactions. A transaction on an escaped handle fails with an explanation. One that has committed does
 * not fail because its connection was lost afterwards. None begins on a lost connection, or waits at its end for a COPY that was left open.
 * Confined to the handle's thread.
 */
final class JdbiTransactions extends HookedTransactions {
    private static final SafeLog LOG = SafeLog.of(JdbiTransactions.class);

    JdbiTransactions(TransactionHandler delegate) {
        super(delegate);
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new JdbiTransactions(getDelegate().specialize(handle));
    }

    @Override
    public void begin(Handle handle) {
        requireOpen(handle);
        super.begin(handle);
        WatchedStatements watched = WatchedStatements.of(handle);
        if (watched != null) {
            watched.changes().beginTransaction();
        }
    }

    @Override
    protected void beforeCommit(Handle handle) {
        OpenCopy.cancelAndRefuse(handle.getConnection());
    }

    @Override
    public void rollback(Handle handle) {
        OpenCopy.cancel(handle.getConnection());
        super.rollback(handle);
    }

    @Override
    protected void publishWithin(Handle handle, Connection connection) throws SQLException {
        Publication.of(handle);
    }

    @Override
    protected RuntimeException unpublished(SQLException failure) {
        return DatabaseOutcomeUnknownException.of(failure);
    }

    @Override
    protected void commitPublished(Handle handle) {
        Cancellation within = Cancellation.beginInnerCommit(handle, CommitHook.hasCommitted(handle));
        try {
            super.commitPublished(handle);
        } catch (UnableToRestoreAutoCommitStateException e) {
            LOG.warn("a connection was lost just after a commit, which remains valid", e);
        } catch (TransactionException e) {
            throw DatabaseOutcomeUnknownException.explained(e);
        }
        if (within != null) {
            within.endInnerCommit();
        }
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle handle, HandleCallback<R, X> callback) throws X {
        requireOpen(handle);
        return super.inTransaction(handle, callback);
    }

    @Override
    public <R, X extends Exception> R inTransaction(
            Handle handle, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
        requireOpen(handle);
        return super.inTransaction(handle, level, callback);
    }

    @Override
    public boolean isInTransaction(Handle handle) {
        requireOpen(handle);
        requireConnection(handle);
        return super.isInTransaction(handle);
    }

    // After a connection was lost inside a transaction, the pool still reports the old state, and JDBI assumes that the
    // transaction continues. The next transaction would run inside it, and seem to succeed.
    private static void requireConnection(Handle handle) {
        if (!handle.isClosed() && isLost(handle)) {
            throw new TransactionException("the connection was lost, and with it all uncommitted changes");
        }
    }

    private static boolean isLost(Handle handle) {
        try {
            return handle.getConnection().isClosed();
        } catch (SQLException e) {
            throw new TransactionException("the connection does not report whether it was lost", e);
        }
    }

    // Not by isClosed(), because a handle that is being closed must still check its transaction.
    private static void requireOpen(Handle handle) {
        if (handle.getStatementBuilder() == EscapedHandle.STATEMENTS) {
            throw EscapedHandle.explained();
        }
    }
}
