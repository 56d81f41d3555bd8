package org.pekkochannels.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.ConnectionFactory;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.database.jdbc.DatabaseSettings;
import org.pekkochannels.database.jdbc.Reachability;

/**
 * Takes connections from our own pool, and fails with {@link DatabaseUnavailableException} if there are none. Thread-safe.
 *
 * <p>While the database is known to be unreachable, one call at a time waits for a connection, so that the pool keeps trying; the others
 * fail at once.
 */
final class ReachablePool implements ConnectionFactory {
    private final ConnectionFactory source;
    private final ConnectionPool pool;
    private final Reachability reachability;
    private final DatabaseSettings settings;
    private final AtomicBoolean tried = new AtomicBoolean();

    ReachablePool(ConnectionFactory source, ConnectionPool pool, Reachability reachability, DatabaseSettings settings) {
        this.source = source;
        this.pool = pool;
        this.reachability = reachability;
        this.settings = settings;
    }

    @Override
    public Connection openConnection() {
        Throwable known = reachability.lastingFailure();
        if (known == null || pool.size() > 0) {
            return take();
        }
        if (!tried.compareAndSet(false, true)) {
            throw DatabaseUnavailableException.known(settings, known);
        }
        try {
            return take();
        } finally {
            tried.set(false);
        }
    }

    private Connection take() {
        try {
            return source.openConnection();
        } catch (SQLException failure) {
            Throwable login = reachability.lastFailure();
            throw Causes.first(failure, InterruptedException.class).isPresent()
                    ? DatabaseUnavailableException.beforeItsEnd(settings, login == null ? failure : login)
                    : DatabaseUnavailableException.afterWaiting(settings, failure);
        }
    }
}
