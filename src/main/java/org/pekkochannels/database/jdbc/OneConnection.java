package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.TurnThread;

/**
 * Provides connections to a JDBI, but no second one to a callback: there are no more connections than threads, so callbacks that have one
 * and wait for another could wait for each other forever. And none inside a turn of an actor. Thread-safe.
 */
public final class OneConnection implements ConnectionFactory {
    private final ConnectionFactory source;
    private final String callback;
    private volatile @Nullable Jdbi jdbi;

    private OneConnection(ConnectionFactory source, Class<?> callback) {
        this.source = source;
        this.callback = callback.getName();
    }

    /**
     * A JDBI over a source of connections.
     *
     * @param callback the class whose methods run callbacks: its frame on a stack shows that a callback runs on that thread
     */
    public static Jdbi jdbi(ConnectionFactory source, Class<?> callback) {
        OneConnection connections = new OneConnection(source, callback);
        Jdbi jdbi = Jdbi.create(connections);
        connections.jdbi = jdbi;
        return jdbi;
    }

    @Override
    public Connection openConnection() throws SQLException {
        TurnThread.current().ifPresent(OneConnection::refuseInTurn);
        if (hasHandle() && isInCallback()) {
            throw new IllegalStateException("a second connection inside a callback: there are as many connections as"
                    + " threads and the callback's handle has one, so callbacks that wait for more could wait for each other"
                    + " forever; use the callback's handle, which jdbi.withHandle(..) and onDemand objects share inside it,"
                    + " or run the work that needs another connection in a separate callback");
        }
        return source.openConnection();
    }

    private static void refuseInTurn(RunningTurn turn) {
        throw new IllegalStateException(turn.description() + " opened a connection inside its turn, which must not"
                + " block, because the other consumers of its dispatcher would wait; use database().withHandle(..), which"
                + " works on a database thread and returns the result, or extend SyncWebSocketConsumer");
    }

    // The handle of a callback is JDBI's own handle for its thread.
    private boolean hasHandle() {
        Jdbi users = jdbi;
        return users != null && users.getHandleScope().get() != null;
    }

    // Other threads may do so, for example in jdbi.withHandle(..). Checked only if a connection is open already.
    private boolean isInCallback() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(callback)));
    }
}
