package org.pekkochannels.layer.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.pekkochannels.database.jdbc.Pooler;
import org.pekkochannels.layer.LayerUnavailableException;

/**
 * The notifications that a connection receives. Confined to the connection's thread.
 *
 * <p>By reflection, because the driver is optional.
 */
final class NotificationListener {
    // A notification to oneself takes a millisecond.
    private static final int TEST_MILLIS = 5000;

    private final Object connection;
    private final Method receive;

    private NotificationListener(Object connection, Method receive) {
        this.connection = connection;
        this.receive = receive;
    }

    /** Listens from now on, and rings itself: behind a pooler nothing would be heard. */
    static NotificationListener listen(Connection connection, LogStatements statements) throws SQLException {
        NotificationListener listener = of(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements.listen());
            statement.execute(statements.bell());
        }
        if (Pooler.isBetween(connection) || listener.await(TEST_MILLIS) == 0) {
            throw new LayerUnavailableException(
                    "channels.layer does not receive notifications (LISTEN), because a pooler such as PgBouncer shares the"
                            + " sessions of the database; set channels.layer.postgres.listen-url to the address of the"
                            + " server itself",
                    null);
        }
        return listener;
    }

    private static NotificationListener of(Connection connection) throws SQLException {
        try {
            Class<?> type = Class.forName(
                    "org.postgresql.PGConnection", false, connection.getClass().getClassLoader());
            return new NotificationListener(connection.unwrap(type), type.getMethod("getNotifications", int.class));
        } catch (ReflectiveOperationException e) {
            throw new SQLException("channels.layer needs the driver org.postgresql:postgresql", e);
        }
    }

    /** Waits for a notification; returns how many there were, or 0 if the time was over. */
    int await(int millis) throws SQLException {
        try {
            Object[] received = (Object[]) receive.invoke(connection, millis);
            return received == null ? 0 : received.length;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException failure ? failure : new SQLException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException(e);
        }
    }
}
