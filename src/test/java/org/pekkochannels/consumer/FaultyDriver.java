package org.pekkochannels.consumer;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.TestDriver;

/** A driver under {@code jdbc:faulty:}, whose connections are another driver's but fail as {@link FaultySource} has planned. */
final class FaultyDriver extends TestDriver {
    private static final String PREFIX = "jdbc:faulty:";

    FaultyDriver() throws SQLException {
        super(PREFIX);
        DriverManager.registerDriver(this);
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) throws SQLException {
        return acceptsURL(url)
                ? FaultySource.faulty(DriverManager.getConnection("jdbc:" + url.substring(PREFIX.length())))
                : null;
    }
}
