package org.pekkochannels.database.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.util.ConcurrentBag.IBagStateListener;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Takes connections from a HikariCP pool that grows while anybody waits.
 *
 * <p>HikariCP 7.1.0 counts the wishes for another connection that are queued, and lets a wish be that finds enough of them
 * for its own number. A thread that was overtaken between taking its number and counting finds the others' wishes, and waits
 * for a connection that nobody opens (see also HikariCP's issue 2378). So whoever got a connection wishes for those who still
 * wait: as there is a queued wish when one is let be, there is somebody who gets a connection after it. Thread-safe.
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
