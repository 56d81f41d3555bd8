package org.pekkochannels.consumer;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A pool of connections that fail as the running callback has planned it. */
final class FaultySource {
    private static final ThreadLocal<Fault> PLANNED = ThreadLocal.withInitial(() -> Fault.NONE);

    private FaultySource() {}

    /** What goes wrong, once. */
    enum Fault {
        NONE,
        CALLBACK_THROWS,
        CONFLICT_AT_COMMIT,
        COMMIT_REFUSED,
        LOST_IN_STATEMENT,
        LOST_BEFORE_COMMIT,
        LOST_AFTER_COMMIT,
        LOST_BEFORE_AUTOCOMMIT,
        LOST_AT_CLOSE
    }

    static HikariDataSource pool(String url, int size) {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource((DataSource) proxy(DataSource.class, (proxy, method, arguments) -> {
            if (method.getName().equals("getConnection")) {
                return faulty(DriverManager.getConnection(url));
            }
            return method.getReturnType() == int.class ? 0 : null;
        }));
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(0);
        return pool;
    }

    /** Plans the next fault of the connection that this thread uses. */
    static void plan(Fault fault) {
        PLANNED.set(fault);
    }

    /** A connection that fails as planned. */
    static Connection faulty(Connection real) {
        return (Connection) proxy(Connection.class, (proxy, method, arguments) -> {
            before(real, method, arguments);
            return invoke(real, method, arguments);
        });
    }

    private static void before(Connection real, Method method, Object[] arguments) throws SQLException {
        switch (method.getName()) {
            case "prepareStatement" -> lostIf(Fault.LOST_IN_STATEMENT, real);
            case "commit" -> beforeCommit(real);
            case "setAutoCommit" -> {
                if (arguments[0].equals(true)) {
                    lostIf(Fault.LOST_BEFORE_AUTOCOMMIT, real);
                }
            }
            // The last that a pool does before it takes a connection back.
            case "clearWarnings" -> lostIf(Fault.LOST_AT_CLOSE, real);
            default -> {
                // nothing fails here
            }
        }
    }

    private static void beforeCommit(Connection real) throws SQLException {
        if (happens(Fault.CONFLICT_AT_COMMIT)) {
            throw new SQLException("planted conflict", "40001");
        }
        if (happens(Fault.COMMIT_REFUSED)) {
            throw new SQLException("planted refusal", "23514");
        }
        lostIf(Fault.LOST_BEFORE_COMMIT, real);
        if (PLANNED.get() == Fault.LOST_AFTER_COMMIT) {
            real.commit();
        }
        lostIf(Fault.LOST_AFTER_COMMIT, real);
    }

    // H2 rolls back what is not committed when its connection ends.
    private static void lostIf(Fault fault, Connection real) throws SQLException {
        if (happens(fault)) {
            real.close();
            throw new SQLException("planted loss of the connection", "08006");
        }
    }

    private static boolean happens(Fault fault) {
        boolean planned = PLANNED.get() == fault;
        if (planned) {
            PLANNED.remove();
        }
        return planned;
    }

    private static Object proxy(Class<?> type, InvocationHandler handler) {
        return Proxy.newProxyInstance(FaultySource.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private static Object invoke(Connection real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
