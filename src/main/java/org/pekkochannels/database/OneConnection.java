package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Gives a JDBI its connections, but no callback a second one: as there are no more connections than threads, callbacks that
 * hold one and wait for another could wait for each other for ever. Thread-safe.
 */
final class OneConnection implements ConnectionFactory {
    private final DataSource source;
    private volatile @Nullable Jdbi jdbi;

    private OneConnection(DataSource source) {
        this.source = source;
    }

    static Jdbi jdbi(DataSource source) {
        OneConnection connections = new OneConnection(source);
        Jdbi jdbi = Jdbi.create(connections);
        connections.jdbi = jdbi;
        return jdbi;
    }

    @Override
    public Connection openConnection() throws SQLException {
        if (hasHandle() && isInCallback()) {
            throw new IllegalStateException("a second connection inside a callback: its handle holds one of as many"
                    + " connections as there are threads, and callbacks that wait for more can wait for each other for"
                    + " ever; use the callback's handle, which jdbi.withHandle(..) and onDemand objects share inside it,"
                    + " or send the work that needs another connection as a callback of its own");
        }
        return source.getConnection();
    }

    // The handle of a callback is JDBI's own for its thread.
    private boolean hasHandle() {
        Jdbi users = jdbi;
        return users != null && users.getHandleScope().get() != null;
    }

    // Other threads may do so, in jdbi.withHandle(..) for example. Looked at only where one is open already.
    private static boolean isInCallback() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(MessageWork.class.getName())));
    }
}
