package org.pekkochannels.database.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;

/**
 * Takes SQLite's one write lock when a transaction begins, unless it only reads. Thread-safe.
 *
 * <p>A transaction that has read before it writes would otherwise fail at once where another has written meanwhile,
 * however long it may wait for locks. The driver could begin so by itself ({@code transaction_mode}), but it begins the
 * next transaction with each commit, and when that fails, it calls the commit failed.
 */
public final class SqliteTransactions extends DelegatingTransactionHandler {
    public SqliteTransactions(TransactionHandler delegate) {
        super(delegate);
    }

    @Override
    public TransactionHandler specialize(Handle handle) throws SQLException {
        return new SqliteTransactions(getDelegate().specialize(handle));
    }

    @Override
    public void begin(Handle handle) {
        super.begin(handle);
        try {
            if (mayWrite(handle)) {
                lock(handle);
            }
        } catch (RuntimeException e) {
            handle.rollback();
            throw e;
        }
    }

    /** Lets what follows on this connection only read, or write again. */
    public static void setReadOnly(Handle handle, boolean readOnly) {
        execute(handle, "pragma query_only = " + readOnly);
    }

    private static boolean mayWrite(Handle handle) {
        return !handle.select("pragma query_only").mapTo(boolean.class).one();
    }

    private static void lock(Handle handle) {
        execute(handle, "rollback");
        try {
            handle.execute("begin immediate");
        } catch (RuntimeException e) {
            // The driver takes itself for inside of a transaction.
            execute(handle, "begin");
            throw e;
        }
    }

    // Without JDBI, as this must also be done when the deadline of the handle's statements is over.
    private static void execute(Handle handle, String sql) {
        try (Statement statement = handle.getConnection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new TransactionException("SQLite refused to " + sql, e);
        }
    }
}
