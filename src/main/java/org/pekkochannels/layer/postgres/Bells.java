package org.pekkochannels.layer.postgres;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The notifications that a connection receives. Confined to the connection's thread.
 *
 * <p>By reflection, because the driver is optional.
 */
final class Bells {
    private final Object connection;
    private final Method receive;

    private Bells(Object connection, Method receive) {
        this.connection = connection;
        this.receive = receive;
    }

    /** Listens from now on. */
    static Bells listen(Connection connection, String statement) throws SQLException {
        try (Statement listen = connection.createStatement()) {
            listen.execute(statement);
            Class<?> type = Class.forName(
                    "org.postgresql.PGConnection", false, connection.getClass().getClassLoader());
            return new Bells(connection.unwrap(type), type.getMethod("getNotifications", int.class));
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
