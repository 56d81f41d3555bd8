package org.pekkochannels.dev;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;

/**
 * Deregisters the JDBC drivers of the application's own classes. {@code DriverManager} shows them only to callers of their class loader, so
 * the application's class loader loads this class too. Thread-safe.
 */
public final class JdbcDrivers implements Runnable {
    /** Called by {@link #deregister}. */
    public JdbcDrivers() {}

    static void deregister(ApplicationLoader loader) throws Exception {
        Class<?> type = loader.adopt(JdbcDrivers.class);
        ((Runnable) type.getConstructor().newInstance()).run();
    }

    @Override
    public void run() {
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() == getClass().getClassLoader()) {
                deregister(driver);
            }
        }
    }

    private static void deregister(Driver driver) {
        try {
            DriverManager.deregisterDriver(driver);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
