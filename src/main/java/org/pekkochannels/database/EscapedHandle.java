package org.pekkochannels.database;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Explains what went wrong when a handle is used after its callback. Thread-safe.
 *
 * <p>JDBI would only say that the connection is closed. A closed handle gets this object as its statement builder, which
 * costs an open one nothing; where the JDBI is ours, transactions look for it before they begin.
 */
enum EscapedHandle implements StatementBuilder {
    /** Refuses every statement. */
    STATEMENTS;

    /** Says what happened, and what to do instead. */
    static IllegalStateException explained() {
        return new IllegalStateException("handle used after its callback: it lives inside one callback of one message"
                + " and was closed when that ended; do the work inside withHandle or inTransaction, and return rows"
                + " (list(), one()), never the handle, a DAO attached to it, or an iterator or stream of its results");
    }

    /** {@code handler}, made to explain, too. */
    static TransactionHandler explaining(TransactionHandler handler) {
        return new Transactions(handler);
    }

    @Override
    public Statement create(Connection connection, StatementContext context) {
        throw explained();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) {
        throw explained();
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context) {
        throw explained();
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        statement.close();
    }

    private static final class Transactions extends DelegatingTransactionHandler {
        Transactions(TransactionHandler delegate) {
            super(delegate);
        }

        @Override
        public TransactionHandler specialize(Handle handle) throws SQLException {
            return new Transactions(getDelegate().specialize(handle));
        }

        @Override
        public void begin(Handle handle) {
            requireOpen(handle);
            super.begin(handle);
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
            if (handle.getStatementBuilder() == STATEMENTS) {
                throw explained();
            }
        }
    }
}
