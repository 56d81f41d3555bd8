package org.pekkochannels.database.jdbc;

import java.sql.SQLException;
import java.util.Set;

/**
 * Detects PostgreSQL's refusal to execute a prepared statement whose result columns have changed since a migration: "cached plan must not
 * change result type". In a transaction, the driver cannot prepare it again by itself. Stateless.
 */
final class StalePlan {
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    // The messages are translated, the names of the server's functions are not; the second is that of older servers.
    private static final Set<String> ROUTINES = Set.of("RevalidateCachedQuery", "RevalidateCachedPlan");

    private StalePlan() {}

    static boolean isCauseOf(SQLException failure) {
        return FEATURE_NOT_SUPPORTED.equals(failure.getSQLState())
                && failure.getClass().getName().startsWith("org.postgresql.")
                && ROUTINES.contains(routine(failure));
    }

    // By reflection, because the driver is optional.
    private static String routine(SQLException failure) {
        try {
            Object told = failure.getClass().getMethod("getServerErrorMessage").invoke(failure);
            return told == null
                    ? ""
                    : String.valueOf(told.getClass().getMethod("getRoutine").invoke(told));
        } catch (ReflectiveOperationException otherVersion) {
            return "";
        }
    }
}
