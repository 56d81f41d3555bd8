package org.pekkochannels.consumer;

import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.TransactionalLayer;

/**
 * Reads a group's state and the position to which it belongs from one snapshot of the database. Immutable.
 *
 * @param layer the layer, whose log is in the database
 * @param group the group
 */
record StateSnapshot(TransactionalLayer layer, GroupName group) {
    static final TransactionOptions OPTIONS = TransactionOptions.isolation(TransactionIsolationLevel.REPEATABLE_READ)
            .forReading();

    /** Empty if the group's history is not in the application's database. */
    static Optional<StateSnapshot> in(ChannelLayer layer, GroupName group) {
        return layer instanceof TransactionalLayer transactional
                        && transactional.sharesDatabase()
                        && layer.keepsHistory(group)
                ? Optional.of(new StateSnapshot(transactional, group))
                : Optional.empty();
    }

    /**
     * Reads both in the handle's transaction. The position first: below REPEATABLE READ the state may be newer, and an event is received
     * twice rather than lost.
     */
    <T, X extends Exception> Snapshot<T> read(Handle handle, HandleCallback<T, X> state) throws X, SQLException {
        Position position = layer.position(handle.getConnection(), group);
        return new Snapshot<>(state.withHandle(handle), position);
    }
}
