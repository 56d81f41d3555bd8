package org.pekkochannels.database;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;

/** A driver for the URLs that begin with its prefix, known to Java's drivers until it is closed. */
public abstract class TestDriver implements Driver, AutoCloseable {
    private final String prefix;

    /** A driver of these URLs, which is not registered yet. */
    protected TestDriver(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public final boolean acceptsURL(String url) {
        return url.startsWith(prefix);
    }

    @Override
    public final DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public final int getMajorVersion() {
        return 1;
    }

    @Override
    public final int getMinorVersion() {
        return 0;
    }

    @Override
    public final boolean jdbcCompliant() {
        return false;
    }

    @Override
    public final Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public final void close() throws SQLException {
        DriverManager.deregisterDriver(this);
    }
}
