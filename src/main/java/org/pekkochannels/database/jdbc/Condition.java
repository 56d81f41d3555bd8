package org.pekkochannels.database.jdbc;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Causes;

/** The condition behind a database's exception, as far as it is handled here, for all databases. Immutable. */
public enum Condition {
    /**
     * The database could not serialize the transaction, broke a deadlock with it, or a prepared statement is outdated; the transaction had
     * no effect.
     */
    CONFLICT,
    /** A lock was not obtained in time. */
    LOCK_TIMEOUT,
    /** SQLite: another writer has the lock, and it was not obtained in time; the transaction had no effect. */
    BUSY,
    /** A running statement was cut off. */
    CUT_OFF,
    /** The connection is lost, with all uncommitted changes. */
    LOST,
    /** Anything else. */
    OTHER;

    // serialization_failure and deadlock_detected
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");
    // lock_not_available, and H2's state
    private static final Set<String> LOCKS = Set.of("55P03", "HYT00");
    private static final String QUERY_CANCELED = "57014";
    // Connection exceptions, and PostgreSQL's states before it closes the connection: admin_shutdown, crash_shutdown,
    // idle_session_timeout and its predecessor.
    private static final String CONNECTION_EXCEPTION = "08";
    // H2: connection broken, database closed, after a shutdown or a failure.
    private static final Set<String> ENDS = Set.of("57P01", "57P02", "57P05", "25P03", "90067", "90098", "90121");
    // MySQL and MariaDB use this state for many errors.
    private static final String GENERAL_ERROR = "HY000";
    private static final int RECORD_CHANGED = 1020;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    // MariaDB's driver reports it as a timeout.
    private static final int CONNECTION_KILLED = 1927;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_INTERRUPT = 9;

    /** The condition of the database's exception, found among the causes of {@code failure}. */
    public static Condition of(Throwable failure) {
        return Causes.first(failure, SQLException.class).map(Condition::of).orElse(OTHER);
    }

    public boolean isConflict() {
        return this == CONFLICT || this == BUSY;
    }

    public boolean isLockTimeout() {
        return this == LOCK_TIMEOUT || this == BUSY;
    }

    private static Condition of(SQLException sql) {
        String state = sql.getSQLState();
        if (state == null) {
            return ofSqlite(sql);
        }
        if (CONFLICTS.contains(state)) {
            return isMysqlLockTimeout(sql) ? LOCK_TIMEOUT : CONFLICT;
        }
        if (LOCKS.contains(state)) {
            return LOCK_TIMEOUT;
        }
        if (StalePlan.isCauseOf(sql)) {
            return CONFLICT;
        }
        return state.equals(GENERAL_ERROR) ? ofMysql(sql) : ofTimeout(sql);
    }

    // MySQL's driver gives it the state of a conflict; other databases use this code for other errors.
    private static boolean isMysqlLockTimeout(SQLException sql) {
        return sql.getErrorCode() == LOCK_WAIT_TIMEOUT
                && sql.getClass().getName().startsWith("com.mysql.");
    }

    private static Condition ofTimeout(SQLException sql) {
        if (isEnd(sql.getSQLState())) {
            return LOST;
        }
        boolean timeout = sql instanceof SQLTimeoutException && sql.getErrorCode() != CONNECTION_KILLED;
        return timeout || QUERY_CANCELED.equals(sql.getSQLState()) ? CUT_OFF : OTHER;
    }

    private static boolean isEnd(@Nullable String state) {
        return state != null && (state.startsWith(CONNECTION_EXCEPTION) || ENDS.contains(state));
    }

    private static Condition ofMysql(SQLException sql) {
        return switch (sql.getErrorCode()) {
            case RECORD_CHANGED -> CONFLICT;
            case LOCK_WAIT_TIMEOUT -> LOCK_TIMEOUT;
            default -> ofTimeout(sql);
        };
    }

    // SQLite's driver has no states, and only the first byte of SQLite's codes.
    private static Condition ofSqlite(SQLException sql) {
        if (!sql.getClass().getName().startsWith("org.sqlite.")) {
            return ofTimeout(sql);
        }
        return switch (sql.getErrorCode()) {
            case SQLITE_BUSY -> BUSY;
            case SQLITE_INTERRUPT -> CUT_OFF;
            default -> OTHER;
        };
    }
}
