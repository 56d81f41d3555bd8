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

    // Of MariaDB's protocol, SERVER_STATUS_IN_TRANS: the lowest bit.
    private static final int IN_TRANSACTION = 1;

    // By the driver's class of connections; takes one, and returns an odd number if a transaction is open. Not an
    // object of
    // ours: the driver's class would refer to it, and its class loader may outlive ours.
    private static final ClassValue<MethodHandle> PROBES = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
            return probe(type);
        }
    };
    private static final MethodType PROBE = MethodType.methodType(int.class, Connection.class);
    private static final MethodHandle UNKNOWN =
            MethodHandles.dropArguments(MethodHandles.constant(int.class, 0), 0, Connection.class);

    private ServerTransaction() {}

    /** False if the driver does not report it. */
    public static boolean isOpen(Connection connection) {
        Connection raw = DriverConnection.below(connection);
        try {
            int state = (int) PROBES.get(raw.getClass()).invokeExact(raw);
            return (state & IN_TRANSACTION) != 0;
        } catch (Throwable failure) { // of a driver; the next statement would fail as well
            LOG.debug("a driver does not report whether a transaction is open", failure);
            return false;
        }
    }

    private static MethodHandle probe(Class<?> type) {
        try {
            Lookup lookup = MethodHandles.publicLookup();
            Class<?> postgres = of("org.postgresql.core.BaseConnection", type);
            if (postgres != null) {
                return postgres(lookup, postgres);
            }
            Class<?> mariaDb = of("org.mariadb.jdbc.Connection", type);
            if (mariaDb != null) {
                return chained(lookup, mariaDb, "getContext", "getServerStatus").asType(PROBE);
            }
            Class<?> mySql = of("com.mysql.cj.jdbc.JdbcConnection", type);
            return mySql == null ? UNKNOWN : mySql(lookup, mySql);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError otherVersion) {
            LOG.debug("{} does not report whether a transaction is open", type.getName(), otherVersion);
            return UNKNOWN;
        }
    }

    /** The difference to the state IDLE, as -1, 0 or 1: the other states are OPEN and FAILED. */
    private static MethodHandle postgres(Lookup lookup, Class<?> type) throws ReflectiveOperationException {
        Class<?> state = Class.forName("org.postgresql.core.TransactionState", false, type.getClassLoader());
        Object idle = state.getField("IDLE").get(null);
        MethodHandle difference = MethodHandles.insertArguments(
                lookup.findVirtual(Enum.class, "compareTo", MethodType.methodType(int.class, Enum.class)), 1, idle);
        MethodHandle sign = lookup.findStatic(Integer.class, "signum", MethodType.methodType(int.class, int.class));
        MethodHandle asked = lookup.findVirtual(type, "getTransactionState", MethodType.methodType(state))
                .asType(MethodType.methodType(Enum.class, type));
        return MethodHandles.filterReturnValue(MethodHandles.filterReturnValue(asked, difference), sign)
                .asType(PROBE);
    }

    private static MethodHandle mySql(Lookup lookup, Class<?> type) throws ReflectiveOperationException {
        return MethodHandles.explicitCastArguments(
                chained(lookup, type, "getSession", "getServerSession", "inTransactionOnServer"), PROBE);
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
