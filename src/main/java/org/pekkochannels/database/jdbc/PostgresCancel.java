package org.pekkochannels.database.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Cancels what a PostgreSQL connection runs, any number of times.
 *
 * <p>{@code Statement.cancel} of PostgreSQL's driver cancels once per execution, and a server that receives the cancel before the statement
 * drops it. The driver is optional. Stateless and thread-safe.
 */
public final class PostgresCancel {
    private static final @Nullable Method CANCEL = find();

    private PostgresCancel() {}

    /** Sends a cancel, blocking, even if others were sent before; false if the connection is not one of PostgreSQL's driver. */
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
