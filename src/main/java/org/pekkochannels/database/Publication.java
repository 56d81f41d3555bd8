package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.CommitHook;

/** The writing of what depends on a transaction, as its last statements. Stateless. */
final class Publication {
    private static final SafeLog LOG = SafeLog.of(Publication.class);

    private Publication() {}

    /** Writes what depends on the transaction of a handle; called only if anything does. */
    static void of(Handle handle) throws SQLException {
        WatchedStatements watched = WatchedStatements.of(handle);
        if (watched == null) {
            publish(handle, handle.getConnection());
        } else if (watched.changes().hasEnded()) {
            LOG.warn(
                    "{} ended its transaction, or rolled back to a savepoint, by a statement; what it sent after the"
                            + " commit is discarded. Use the methods of the handle: savepoint(..), rollbackToSavepoint(..),"
                            + " useTransaction(..)",
                    watched.owner().description());
            CommitHook.discard(handle);
        } else if (!watched.owner().isReadOnly()) {
            publishGuarded(handle, watched.owner());
        }
    }

    private static void publishGuarded(Handle handle, CallbackHandle owner) throws SQLException {
        GuardedConnection guarded = owner.guarded(handle.getConnection());
        if (guarded == null) {
            publish(handle, handle.getConnection());
            return;
        }
        try {
            publish(handle, guarded.connection());
        } finally {
            guarded.release();
        }
    }

    // What a transaction that only reads sends leaves after its end.
    private static void publish(Handle handle, Connection connection) throws SQLException {
        if (!connection.isReadOnly()) {
            CommitHook.publish(handle, connection);
        }
    }
}
