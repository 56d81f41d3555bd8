package org.pekkochannels.database.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.util.ConcurrentBag.IBagStateListener;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Takes connections from a HikariCP pool, and makes the pool grow while any thread waits.
 *
 * <p>HikariCP 7.1.0 counts the queued requests for another connection, and ignores a request if enough of them are queued for its own
 * number. A thread that was overtaken between taking its number and counting finds the requests of others, and then waits for a connection
 * that is never opened (see also HikariCP's issue 2378). Therefore each thread that got a connection requests one for the threads that
 * still wait: when a request is ignored there is a queued one, so another thread gets a connection after it. Thread-safe.
 */
public final class GrowingPool implements ConnectionFactory {
    private final HikariDataSource source;

    public GrowingPool(HikariDataSource source) {
        this.source = source;
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connection taken = source.getConnection();
        HikariPoolMXBean pool = source.getHikariPoolMXBean();
        int waiting = pool.getThreadsAwaitingConnection();
        if (waiting > 0) {
            wishFor(waiting, pool);
        }
        return taken;
    }

    private void wishFor(int connections, HikariPoolMXBean pool) {
        if (pool.getTotalConnections() < source.getMaximumPoolSize() && pool instanceof IBagStateListener growing) {
            growing.addBagItem(connections);
        }
    }
}
