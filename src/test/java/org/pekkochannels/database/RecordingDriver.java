package org.pekkochannels.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A driver under {@code jdbc:recording:}, over H2: it tells when a connection is closed, and tells secrets when it fails. */
final class RecordingDriver extends TestDriver {
    static final String URL = "jdbc:recording://host/name?user=tom&password=s3cret&apiToken=t0ken";

    final CountDownLatch closed = new CountDownLatch(1);
    final AtomicBoolean broken = new AtomicBoolean();

    private final String h2Url = TestDatabase.h2Url();

    RecordingDriver() throws SQLException {
        super("jdbc:recording:");
        DriverManager.registerDriver(this);
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        if (broken.get()) {
            throw new SQLException("cannot connect to " + url + " as " + properties, "28000", 7);
        }
        return recording(DriverManager.getConnection(h2Url));
    }

    private Connection recording(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                RecordingDriver.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (method.getName().equals("close")) {
                            closed.countDown();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
