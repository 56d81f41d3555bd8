package org.pekkochannels.database.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * A COPY that was begun on a connection of PostgreSQL, and not ended. Thread-safe.
 *
 * <p>The driver reserves the connection for it. Everything else on the connection, a roll-back too, would wait for its end for ever, and no
 * timeout of the driver ends that wait. The driver does not publish what has reserved a connection, so its private field is read; with a
 * driver that has no such field, or is a closed module, nothing is found.
 */
public final class OpenCopy {
    private static final SafeLog LOG = SafeLog.of(OpenCopy.class);

    // By the driver's class of connections, as in ServerTransaction; returns what has reserved a connection, or null.
    private static final ClassValue<MethodHandle> OWNERS = new ClassValue<>() {
        @Override
        protected MethodHandle computeValue(Class<?> type) {
            return owner(type);
        }
    };
    private static final MethodType OWNER = MethodType.methodType(Object.class, Connection.class);
    private static final MethodHandle NONE =
            MethodHandles.dropArguments(MethodHandles.constant(Object.class, null), 0, Connection.class);

    private OpenCopy() {}

    /**
     * Fails if a COPY is open, because what follows would wait for it.
     *
     * @throws IllegalStateException that names the cure
     */
    public static void refuse(Connection connection) {
        if (of(connection) != null) {
            throw explained("a COPY is open on this connection, and nothing else can use it before the COPY ends");
        }
    }

    /**
     * Cancels the COPY, whose rows are discarded, and fails; has no effect without one.
     *
     * @throws IllegalStateException that names the cure
     */
    public static void cancelAndRefuse(Connection connection) {
        if (cancel(connection)) {
            throw explained("a COPY was left open, and was cancelled");
        }
    }

    private static IllegalStateException explained(String what) {
        return new IllegalStateException(
                what + ": end it with endCopy(), or with cancelCopy() in a finally block, or use CopyManager.copyIn(..)"
                        + " with a Reader or an InputStream, which ends it in any case");
    }

    /**
     * Cancels the COPY, whose rows are discarded, and closes the connection: after a COPY to the client, the driver would take the server's
     * answers to the cancel for those to the next statement. Never throws.
     *
     * @return whether there was one
     */
    public static boolean cancel(Connection connection) {
        Object open = of(connection);
        if (open == null) {
            return false;
        }
        try (Connection raw = DriverConnection.below(connection)) {
            Class.forName(
                            "org.postgresql.copy.CopyOperation",
                            false,
                            open.getClass().getClassLoader())
                    .getMethod("cancelCopy")
                    .invoke(open);
            LOG.debug("the COPY of {} was cancelled", raw);
        } catch (Throwable failure) { // of a driver: the connection is lost, and with it the COPY
            LOG.debug("a COPY was not cancelled", failure);
        }
        return true;
    }

    private static @Nullable Object of(Connection connection) {
        Connection raw = DriverConnection.below(connection);
        try {
            return (Object) OWNERS.get(raw.getClass()).invokeExact(raw);
        } catch (Throwable failure) { // of a driver; the next statement would fail as well
            LOG.debug("a driver does not report whether a COPY is open", failure);
            return null;
        }
    }

    private static MethodHandle owner(Class<?> type) {
        try {
            ClassLoader loader = type.getClassLoader();
            Class<?> connection = Class.forName("org.postgresql.core.BaseConnection", false, loader);
            return connection.isAssignableFrom(type) ? owner(connection, loader) : NONE;
        } catch (ClassNotFoundException otherDriver) {
            return NONE;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError otherVersion) {
            LOG.debug("{} does not report whether a COPY is open", type.getName(), otherVersion);
            return NONE;
        }
    }

    private static MethodHandle owner(Class<?> connection, @Nullable ClassLoader loader)
            throws ReflectiveOperationException {
        Lookup lookup = MethodHandles.publicLookup();
        Class<?> executor = Class.forName("org.postgresql.core.v3.QueryExecutorImpl", false, loader);
        Field owner = executor.getDeclaredField("lockedFor");
        owner.setAccessible(true);
        MethodHandle asked = lookup.unreflect(connection.getMethod("getQueryExecutor"))
                .asType(MethodType.methodType(executor, connection));
        return MethodHandles.filterReturnValue(asked, lookup.unreflectGetter(owner))
                .asType(OWNER);
    }
}
