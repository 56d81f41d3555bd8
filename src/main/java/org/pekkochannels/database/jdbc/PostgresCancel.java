package org.pekkochannels.database.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Cancels what a connection to PostgreSQL runs, as often as it is asked.
 *
 * <p>{@code Statement.cancel} of PostgreSQL's driver does it once for each execution, and a server that hears of it before
 * the statement has reached it forgets it. The driver is not on the class path of everybody. Stateless, and thread-safe.
 */
public final class PostgresCancel {
    private static final @Nullable Method CANCEL = find();

    private PostgresCancel() {}

    /** Sends it, blocking, whatever was sent before; false if the connection is not one of PostgreSQL's driver. */
    public static boolean send(Statement statement) throws SQLException {
        Connection connection = statement.getConnection();
        if (CANCEL == null || !connection.isWrapperFor(CANCEL.getDeclaringClass())) {
            return false;
        }
        try {
            CANCEL.invoke(connection.unwrap(CANCEL.getDeclaringClass()));
        } catch (ReflectiveOperationException e) {
            throw new SQLException("PostgreSQL's driver could not cancel", e);
        }
        return true;
    }

    private static @Nullable Method find() {
        try {
            return Class.forName("org.postgresql.PGConnection").getMethod("cancelQuery");
        } catch (ReflectiveOperationException | LinkageError absent) {
            return null;
        }
    }
}
