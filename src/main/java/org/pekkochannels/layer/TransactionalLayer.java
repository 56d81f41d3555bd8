package org.pekkochannels.layer;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A channel layer whose events can be written by a transaction of the application: an event is delivered if and only if the transaction
 * commits. Has {@link Feature#TRANSACTIONAL}. Thread-safe; each call uses its connection on the calling thread only.
 */
public interface TransactionalLayer extends ChannelLayer {
    /**
     * Whether the events are in the database that the application's actor system uses ({@code channels.database}). Otherwise no transaction
     * of the application can write them, and events after a commit are sent once the commit has succeeded.
     *
     * @return true unless the layer has a separate database
     */
    boolean sharesDatabase();

    /**
     * Writes events as the last statements of a transaction that is about to commit. For each commit that has events, this method or {@link
     * #publishAndCommit} is called.
     *
     * @param transaction the transaction's connection; the method neither commits nor closes it
     * @param events in the order in which they were sent; an event above {@link #maxEvent} is not among them
     * @throws SQLException if the events cannot be written, unchanged from the driver: the transaction is rolled back, and may be run
     *     again where a serialization failure or a deadlock allows it
     */
    void publish(Connection transaction, List<Outgoing> events) throws SQLException;

    /**
     * Writes events as {@link #publish} does, and may commit the transaction with them. That saves a round trip, during which other
     * transactions would wait for a group with history. By default it does not commit.
     *
     * @param transaction the transaction's connection; the method does not close it
     * @param events in the order in which they were sent; an event above {@link #maxEvent} is not among them
     * @return whether the transaction has committed
     * @throws SQLException as {@link #publish}, or because the commit has failed
     */
    default boolean publishAndCommit(Connection transaction, List<Outgoing> events) throws SQLException {
        publish(transaction, events);
        return false;
    }

    /**
     * Wakes all nodes after a transaction with events has committed, so that they read them at once. Does not block, and never fails; if it is
     * not called, because the process has ended, the nodes read the events a little later.
     */
    void published();

    /**
     * The position of the newest event of a group as a transaction sees it. In a transaction with REPEATABLE READ it belongs to the data that
     * the same transaction reads: a channel that joins with it receives the events of what is committed afterwards.
     *
     * @param transaction the transaction's connection; the method neither commits nor closes it
     * @param group the group's name
     * @return the position; {@link Position#NONE} for a group without history, or one whose history has not begun, which
     *     {@link #position(GroupName)} begins. By default always {@code NONE}
     * @throws SQLException if it cannot be read, unchanged from the driver
     */
    default Position position(Connection transaction, GroupName group) throws SQLException {
        return Position.NONE;
    }
}
