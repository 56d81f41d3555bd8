package org.pekkochannels.database.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Whether the server has a transaction open on a connection, as far as its driver knows. Thread-safe; sends nothing to the server.
 *
 * <p>JDBC only knows whether autocommit is off, which a {@code begin} in SQL does not change. PostgreSQL, MariaDB and MySQL report the
 * state with every response, and their drivers store it. The drivers are optional, so they are called through method handles.
 */
public final class ServerTransaction {
    private static final SafeLog LOG = SafeLog.of(ServerTransaction.class);

    // Of MariaDB's protocol, SERVER_STATUS_IN_TRANS.
    private static final int IN_TRANSACTION = 1;

    private static final ClassValue<Probe> PROBES = new ClassValue<>() {
        @Override
        protected Probe computeValue(Class<?> type) {
            return probe(type);
        }
    };

    private ServerTransaction() {}

    /** Asks one driver. */
    private interface Probe {
        boolean isOpen(Connection connection) throws Throwable;
    }

    /** False if the driver does not report it. */
    public static boolean isOpen(Connection connection) {
        Connection raw = DriverConnection.below(connection);
        try {
            return PROBES.get(raw.getClass()).isOpen(raw);
        } catch (Throwable failure) { // of a driver; the next statement would fail as well
            LOG.debug("a driver does not report whether a transaction is open", failure);
            return false;
        }
    }

    private static Probe probe(Class<?> type) {
        try {
            Lookup lookup = MethodHandles.publicLookup();
            Class<?> postgres = of("org.postgresql.core.BaseConnection", type);
            if (postgres != null) {
                return postgres(lookup, postgres);
            }
            Class<?> mariaDb = of("org.mariadb.jdbc.Connection", type);
            if (mariaDb != null) {
                return mariaDb(lookup, mariaDb);
            }
            Class<?> mySql = of("com.mysql.cj.jdbc.JdbcConnection", type);
            return mySql == null ? connection -> false : mySql(lookup, mySql);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError otherVersion) {
            LOG.debug("{} does not report whether a transaction is open", type.getName(), otherVersion);
            return connection -> false;
        }
    }

    private static Probe postgres(Lookup lookup, Class<?> type) throws ReflectiveOperationException {
        Class<?> state = Class.forName("org.postgresql.core.TransactionState", false, type.getClassLoader());
        MethodHandle asked = lookup.findVirtual(type, "getTransactionState", MethodType.methodType(state))
                .asType(MethodType.methodType(Enum.class, Connection.class));
        return connection -> !((Enum<?>) asked.invokeExact(connection)).name().equals("IDLE");
    }

    private static Probe mariaDb(Lookup lookup, Class<?> type) throws ReflectiveOperationException {
        MethodHandle status = chained(lookup, type, "getContext", "getServerStatus")
                .asType(MethodType.methodType(int.class, Connection.class));
        return connection -> ((int) status.invokeExact(connection) & IN_TRANSACTION) != 0;
    }

    private static Probe mySql(Lookup lookup, Class<?> type) throws ReflectiveOperationException {
        MethodHandle open = chained(lookup, type, "getSession", "getServerSession", "inTransactionOnServer")
                .asType(MethodType.methodType(boolean.class, Connection.class));
        return connection -> (boolean) open.invokeExact(connection);
    }

    /** Calls the methods of these names, each on the result of the previous one. */
    private static MethodHandle chained(Lookup lookup, Class<?> type, String... names)
            throws ReflectiveOperationException {
        MethodHandle all = MethodHandles.identity(type);
        for (String name : names) {
            Class<?> on = all.type().returnType();
            MethodHandle next = lookup.unreflect(on.getMethod(name));
            // The handle of an inherited method expects the declaring class.
            all = MethodHandles.filterReturnValue(all, next.asType(next.type().changeParameterType(0, on)));
        }
        return all;
    }

    private static @Nullable Class<?> of(String name, Class<?> type) {
        try {
            Class<?> known = Class.forName(name, false, type.getClassLoader());
            return known.isAssignableFrom(type) ? known : null;
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }
}
