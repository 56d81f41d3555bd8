package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.UnableToRestoreAutoCommitStateException;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;

/**
 * JDBI's transactions, which report their steps to {@link CommitHook}. A commit that cannot publish what depends on it rolls back and fails.
 * Confined to the handle's thread.
 */
public class HookedTransactions extends DelegatingTransactionHandler {
    private static final SafeLog LOG = SafeLog.of(HookedTransactions.class);

    /** Wraps another handler. */
    public HookedTransactions(TransactionHandler delegate) {
        super(delegate);
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new HookedTransactions(getDelegate().specialize(handle));
    }

    @Override
    public final void commit(Handle handle) {
        beforeCommit(handle);
        publish(handle);
        try {
            commitPublished(handle);
        } catch (UnableToRestoreAutoCommitStateException committed) {
            CommitHook.committed(handle);
            throw committed;
        } catch (Throwable e) { // also if the outcome is unknown
            if (!CommitHook.hasCommitted(handle)) {
                CommitHook.discard(handle);
                throw e;
            }
            LOG.warn("a connection was lost just after a commit, which remains valid", e);
            CommitHook.committed(handle);
            FatalErrors.rethrow(e);
            return;
        }
        CommitHook.committed(handle);
    }

    /** Fails if the transaction cannot be committed; by default it has no effect. */
    protected void beforeCommit(Handle handle) {}

    /** Commits, if that was not done together with the publication of what depends on the transaction. */
    protected void commitPublished(Handle handle) {
        super.commit(handle);
    }

    /**
     * Publishes what depends on the transaction, if it has not been published, and may be.
     *
     * @throws TransactionException if it cannot be; the transaction is rolled back then
     */
    private void publish(Handle handle) {
        if (CommitHook.isEmpty(handle) || CommitHook.hasCommitted(handle)) {
            return;
        }
        try {
            publishWithin(handle, handle.getConnection());
        } catch (SQLException e) {
            RuntimeException failure = unpublished(e);
            rollbackAfter(failure, handle);
            throw failure;
        } catch (Throwable e) { // of a channel layer
            rollbackAfter(e, handle);
            throw e;
        }
    }

    /** The failure of a commit whose events could not be written, or which was lost together with them. */
    protected RuntimeException unpublished(SQLException failure) {
        return uncommitted(failure);
    }

    /** For a transaction that certainly has not committed. */
    public static TransactionException uncommitted(SQLException failure) {
        return new TransactionException("The transaction and its events could not be committed", failure);
    }

    /** Writes on the transaction's connection what depends on the transaction. */
    protected void publishWithin(Handle handle, Connection connection) throws SQLException {
        if (!connection.isReadOnly()) {
            CommitHook.publish(handle, connection);
        }
    }

    private void rollbackAfter(Throwable failure, Handle handle) {
        try {
            rollback(handle);
        } catch (Throwable e) { // of a driver; it must not replace the failure
            if (e != failure) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public void rollback(Handle handle) {
        try {
            super.rollback(handle);
        } finally {
            CommitHook.discard(handle);
        }
    }

    @Override
    public void savepoint(Handle handle, String savepointName) {
        super.savepoint(handle, savepointName);
        CommitHook.savepoint(handle, savepointName);
    }

    @Override
    public void rollbackToSavepoint(Handle handle, String savepointName) {
        super.rollbackToSavepoint(handle, savepointName);
        CommitHook.rollbackTo(handle, savepointName);
    }

    @Override
    public void releaseSavepoint(Handle handle, String savepointName) {
        super.releaseSavepoint(handle, savepointName);
        CommitHook.release(handle, savepointName);
    }
}
