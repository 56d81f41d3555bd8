package org.pekkochannels.database;

import java.sql.SQLException;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jdbi.v3.core.transaction.UnableToRestoreAutoCommitStateException;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.CommitHook;
import org.pekkochannels.database.jdbc.SqliteTransactions;
import org.pekkochannels.database.jdbc.Vendor;

/** The transaction of a whole callback, on the callback's handle. Confined to that callback's thread. */
final class CallbackTransaction {
    private static final SafeLog LOG = SafeLog.of(CallbackTransaction.class);

    private final Handle handle;
    private final TransactionOptions options;
    private Runnable restore = () -> {};

    CallbackTransaction(Handle handle, TransactionOptions options) {
        this.handle = handle;
        this.options = options;
    }

    void begin() {
        boolean plain = options.isolation().isEmpty() && !options.readOnly();
        if (plain) {
            handle.begin();
        } else if (Vendor.of(handle) == Vendor.POSTGRESQL) {
            handle.begin();
            // One round trip, and nothing to reset; through the driver it would take four.
            handle.execute("set transaction " + characteristics());
        } else {
            characterize();
            handle.begin();
        }
    }

    /**
     * Writes what depends on the transaction, unless the callback has ended it itself.
     *
     * @return whether the transaction has committed with it
     */
    boolean publish() {
        try {
            if (!CommitHook.isEmpty(handle) && handle.isInTransaction()) {
                Publication.of(handle);
            }
            return CommitHook.hasCommitted(handle);
        } catch (SQLException e) {
            throw DatabaseOutcomeUnknownException.of(e);
        }
    }

    /** Commits, unless the callback has ended the transaction itself. */
    void commit() {
        // With its events it may have committed already, whatever became of the connection.
        if (CommitHook.hasCommitted(handle) || handle.isInTransaction()) {
            commitForGood();
        }
        putBack();
    }

    // With a JDBI that is not ours; with ours it cannot happen. The commit is done, and its callbacks were called.
    private void commitForGood() {
        try {
            handle.commit();
        } catch (UnableToRestoreAutoCommitStateException e) {
            LOG.warn("a connection was lost just after a commit, which remains valid", e);
        } catch (TransactionException e) {
            throw DatabaseOutcomeUnknownException.explained(e);
        }
    }

    /** Rolls back because of {@code failure}, to which a failure of the roll-back is added. */
    void rollback(Throwable failure) {
        try {
            if (handle.isInTransaction()) {
                handle.rollback();
            }
        } catch (Throwable e) { // of a driver; it must not replace the work's failure
            suppress(failure, e);
        }
        putBack();
    }

    private static void suppress(Throwable failure, Throwable later) {
        if (failure != later) {
            failure.addSuppressed(later);
        }
    }

    // The commit remains valid even if the connection was lost just then; the next user of the connection will notice.
    private void putBack() {
        try {
            restore.run();
        } catch (Throwable e) {
            LOG.debug("a connection's settings were not restored", e);
        }
    }

    private String characteristics() {
        String level = options.isolation()
                .map(isolation -> "isolation level " + isolation.name().replace('_', ' '))
                .orElse("");
        String access = options.readOnly() ? " read only" : "";
        return (level + access).strip().toLowerCase(Locale.ROOT);
    }

    // A pool restores this as well, but not every source of connections is a pool.
    private void characterize() {
        TransactionIsolationLevel level = handle.getTransactionIsolationLevel();
        boolean readOnly = handle.isReadOnly();
        restore = () -> {
            setReadOnly(readOnly);
            handle.setTransactionIsolationLevel(level);
        };
        if (options.readOnly()) {
            setReadOnly(true);
        }
        options.isolation().ifPresent(handle::setTransactionIsolationLevel);
    }

    // SQLite's driver rejects the change unless it was configured when it connected.
    private void setReadOnly(boolean readOnly) {
        if (options.readOnly() && Vendor.of(handle) == Vendor.SQLITE) {
            SqliteTransactions.setReadOnly(handle, readOnly);
        } else if (options.readOnly()) {
            handle.setReadOnly(readOnly);
        }
    }
}
