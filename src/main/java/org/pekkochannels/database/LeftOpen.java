package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.DriverConnection;
import org.pekkochannels.database.jdbc.Pooler;
import org.pekkochannels.database.jdbc.ServerTransaction;
import org.pekkochannels.database.jdbc.SessionChanges;

/**
 * Ends what callbacks leave in their sessions through SQL: a transaction, settings, locks, temporary tables. Otherwise the next callback
 * would get it with the connection, and its work would be lost with the transaction. So a transaction is rolled back, the connection leaves
 * its pool, and the log names the consumer, once per callback. Thread-safe.
 */
final class LeftOpen {
    private static final SafeLog LOG = SafeLog.of(LeftOpen.class);

    private static final int MOST_LINES = 100;

    private final ConnectionPool pool;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    LeftOpen(ConnectionPool pool) {
        this.pool = pool;
    }

    /**
     * Ends it before the connection is returned; has no effect if nothing was left.
     *
     * @throws TransactionException if a transaction was left open: its changes are rolled back
     */
    void end(CallbackHandle handle, Handle opened, SessionChanges changes) {
        Connection connection = opened.getConnection();
        Transaction transaction = transaction(connection, changes);
        if (transaction == Transaction.NONE && changes.isEmpty()) {
            return;
        }
        rollback(transaction, opened);
        warn(handle.description(), connection, transaction != Transaction.NONE, changes.all());
        if (transaction == Transaction.OF_SQL || !changes.isEmpty()) {
            pool.evict(connection);
        }
        if (transaction != Transaction.NONE) {
            throw new TransactionException("the callback left a transaction open, which was rolled back: use"
                    + " inTransaction(..), or commit it");
        }
    }

    /** What was left open, if anything. */
    private enum Transaction {
        NONE,
        /** Known to the driver: autocommit is off. Turning it on, as JDBI does, would commit. */
        OF_JDBC,
        /** Begun in SQL. */
        OF_SQL
    }

    private static Transaction transaction(Connection connection, SessionChanges changes) {
        try {
            if (!connection.getAutoCommit()) {
                // A connection that was lost after a commit could not get its autocommit back.
                return connection.isClosed() ? Transaction.NONE : Transaction.OF_JDBC;
            }
            boolean open = ServerTransaction.isOpen(connection) || changes.isBegun();
            return open && !connection.isClosed() ? Transaction.OF_SQL : Transaction.NONE;
        } catch (SQLException lost) {
            return Transaction.NONE;
        }
    }

    private static void rollback(Transaction transaction, Handle opened) {
        try {
            switch (transaction) {
                case NONE -> {}
                case OF_JDBC -> rollback(opened);
                case OF_SQL -> execute("rollback", opened.getConnection());
            }
        } catch (SQLException | TransactionException lost) {
            LOG.debug("rolling back a transaction that was left open failed", lost);
        }
    }

    // With autocommit off JDBI would fail the handle's close, and recommend a setting that must not be changed.
    private static void rollback(Handle opened) throws SQLException {
        Connection connection = opened.getConnection();
        connection.rollback();
        // For the callbacks of afterRollback(..).
        opened.rollback();
        connection.setAutoCommit(true);
    }

    private static void execute(String sql, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void warn(String description, Connection connection, boolean transaction, Set<String> changes) {
        int path = description.indexOf(" on ");
        String callback = path < 0 ? description : description.substring(0, path);
        if (warned.size() >= MOST_LINES || !warned.add(callback)) {
            return;
        }
        if (transaction) {
            LOG.warn(
                    "{} left a transaction open, which was rolled back: use inTransaction(..), or commit it (logged once per"
                            + " callback)",
                    description);
        } else {
            LOG.warn(
                    "{} left its session changed by {}; its connection is closed, so that no other callback gets it:{}"
                            + " in a transaction, use set local, or change it back (logged once per callback)",
                    description,
                    changes,
                    isPooled(connection) ? " the pooler (PgBouncer) keeps the change for its other clients;" : "");
        }
    }

    private static boolean isPooled(Connection connection) {
        try {
            return Pooler.isBetween(DriverConnection.below(connection));
        } catch (SQLException unknown) {
            return false;
        }
    }
}
