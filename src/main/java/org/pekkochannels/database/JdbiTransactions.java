package org.pekkochannels.database;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.core.transaction.UnableToRestoreAutoCommitStateException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JDBI's transactions as we promise them: one on a handle that escaped is explained, and one that has committed does not
 * fail because its connection was lost thereafter. Confined to the handle's thread.
 */
final class JdbiTransactions extends DelegatingTransactionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(JdbiTransactions.class);

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
    }

    @Override
    public void commit(Handle handle) {
        try {
            super.commit(handle);
        } catch (UnableToRestoreAutoCommitStateException e) {
            LOG.warn("a connection was lost just after a commit, which holds", e);
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
        return super.isInTransaction(handle);
    }

    // Not by isClosed(): a handle that is being closed still has to ask for its transaction.
    private static void requireOpen(Handle handle) {
        if (handle.getStatementBuilder() == EscapedHandle.STATEMENTS) {
            throw EscapedHandle.explained();
        }
    }
}
