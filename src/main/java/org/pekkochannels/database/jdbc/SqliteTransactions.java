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
 * <p>Otherwise a transaction that reads before it writes would fail at once if another one has written meanwhile, however long it may wait
 * for locks. The driver has a mode for this ({@code transaction_mode}), but it begins the next transaction with each commit, and reports
 * the commit as failed if that fails.
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

    /** Makes later statements on this connection read-only, or permits writing again. */
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
            // Informs the driver's state machine of the open transaction.
            execute(handle, "begin");
            throw e;
        }
    }

    // Not through JDBI, because this must also be possible after the deadline of the handle's statements.
    private static void execute(Handle handle, String sql) {
        try (Statement statement = handle.getConnection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new TransactionException("SQLite refused to " + sql, e);
        }
    }
}
