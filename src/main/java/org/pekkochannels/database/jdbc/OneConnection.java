package org.pekkochannels.database.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.RunningTurn;
import org.pekkochannels.concurrent.TurnThread;

/**
 * Gives a JDBI its connections, but no callback a second one: as there are no more connections than threads, callbacks that
 * hold one and wait for another could wait for each other for ever. And none inside a turn of an actor. Thread-safe.
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
     * @param callback the class whose methods run callbacks: its frame on a stack says that a callback runs on that thread
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
            throw new IllegalStateException("a second connection inside a callback: its handle holds one of as many"
                    + " connections as there are threads, and callbacks that wait for more can wait for each other for"
                    + " ever; use the callback's handle, which jdbi.withHandle(..) and onDemand objects share inside it,"
                    + " or send the work that needs another connection as a callback of its own");
        }
        return source.openConnection();
    }

    private static void refuseInTurn(RunningTurn turn) {
        throw new IllegalStateException(turn.description() + " opened a connection inside its turn, where nothing may"
                + " block, as the consumers of its dispatcher would wait with it; use database().withHandle(..), which"
                + " works on a database thread and comes back with the result, or extend SyncWebSocketConsumer");
    }

    // The handle of a callback is JDBI's own for its thread.
    private boolean hasHandle() {
        Jdbi users = jdbi;
        return users != null && users.getHandleScope().get() != null;
    }

    // Other threads may do so, in jdbi.withHandle(..) for example. Looked at only where one is open already.
    private boolean isInCallback() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(callback)));
    }
}
