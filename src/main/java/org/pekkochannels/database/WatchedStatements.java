package org.pekkochannels.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.OpenCopy;
import org.pekkochannels.database.jdbc.SessionChanges;

/** Creates the statements of one callback's handle, and checks each for a change of the session. Confined to its thread. */
final class WatchedStatements implements StatementBuilder {
    private final StatementBuilder builder;
    private final CallbackHandle owner;
    private final SessionChanges changes = new SessionChanges();
    private int open;

    WatchedStatements(StatementBuilder builder, CallbackHandle owner) {
        this.builder = builder;
        this.owner = owner;
    }

    /** Those of a handle, or null if it was opened directly from a JDBI. */
    static @Nullable WatchedStatements of(Handle handle) {
        return Cancellation.unguarded(handle.getStatementBuilder()) instanceof WatchedStatements watched
                ? watched
                : null;
    }

    /** The callback's handle. */
    CallbackHandle owner() {
        return owner;
    }

    SessionChanges changes() {
        return changes;
    }

    /** Whether a statement is open whose rows may still be read. */
    boolean areOpen() {
        return open > 0;
    }

    // For a batch or a script, whose statements are added later.
    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        OpenCopy.refuse(connection);
        Statement made = builder.create(connection, context);
        return (Statement) Proxy.newProxyInstance(
                WatchedStatements.class.getClassLoader(),
                new Class<?>[] {Statement.class},
                (proxy, method, arguments) -> called(made, method, arguments));
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        OpenCopy.refuse(connection);
        changes.look(sql, connection);
        PreparedStatement made = builder.create(connection, sql, context);
        open++;
        return made;
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        OpenCopy.refuse(connection);
        return builder.createCall(connection, sql, context);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        if (statement instanceof PreparedStatement && !(statement instanceof CallableStatement)) {
            open--;
        }
        builder.close(connection, sql, statement);
    }

    @Override
    public void close(Connection connection) {
        builder.close(connection);
    }

    private @Nullable Object called(Statement made, Method method, Object @Nullable [] arguments) throws Throwable {
        if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
            changes.look(sql, made.getConnection());
        }
        try {
            return method.invoke(made, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
