package org.pekkochannels.database;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection whose statements are limited and cancelled as those that JDBI creates for a callback. Confined to the callback's thread. */
final class GuardedConnection {
    private final Connection guarded;
    private final @Nullable CallLimits limits;
    private final @Nullable Cancellation cancellation;
    private final List<Statement> statements = new ArrayList<>(2);
    private final Connection connection;

    GuardedConnection(Connection guarded, @Nullable CallLimits limits, @Nullable Cancellation cancellation) {
        this.guarded = guarded;
        this.limits = limits;
        this.cancellation = cancellation;
        this.connection = (Connection) Proxy.newProxyInstance(
                GuardedConnection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> called(method, arguments));
    }

    Connection connection() {
        return connection;
    }

    private @Nullable Object called(Method method, Object @Nullable [] arguments) throws Throwable {
        Object result;
        try {
            result = method.invoke(guarded, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
        return result instanceof Statement statement ? guard(statement) : result;
    }

    private Statement guard(Statement statement) throws SQLException {
        if (limits != null) {
            limits.bound(statement);
        }
        if (cancellation != null) {
            cancellation.opened(statement);
            statements.add(statement);
        }
        return statement;
    }

    /** The statements are closed: returns when no cancel of them is being sent any more. */
    void release() {
        statements.forEach(statement -> {
            if (cancellation != null) {
                cancellation.closing(statement);
            }
        });
    }
}
