package org.pekkochannels.database;

import java.net.SocketTimeoutException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.jdbc.Condition;
import org.pekkochannels.database.jdbc.Interruption;
import org.pekkochannels.database.jdbc.NetworkTimeout;
import org.pekkochannels.database.jdbc.Vendor;
import org.pekkochannels.database.jdbc.WholeSeconds;

/**
 * The limits of one call's statements: the configured ones, and the call's deadline. Immutable.
 *
 * <p>PostgreSQL's transactions are limited in milliseconds by its settings, which also works behind a pooler. All others are limited by
 * JDBC's query timeout, in whole seconds, rounded up. SQLite's statements are interrupted from here.
 */
final class CallLimits implements StatementCustomizer {
    private static final SafeLog LOG = SafeLog.of(CallLimits.class);

    private final DispatcherSettings settings;
    private final @Nullable Deadline deadline;

    private CallLimits(DispatcherSettings settings, @Nullable Deadline deadline) {
        this.settings = settings;
        this.deadline = deadline;
    }

    /** The limits of a call, or null if there are none, which then cost nothing. */
    static @Nullable CallLimits of(DispatcherSettings settings, @Nullable Deadline deadline) {
        boolean none = deadline == null
                && settings.statementTimeout().isEmpty()
                && settings.lockTimeout().isEmpty();
        return none ? null : new CallLimits(settings, deadline);
    }

    /** Limits a handle that was just opened. */
    void open(Handle handle) {
        SqlStatements statements = handle.getConfig(SqlStatements.class);
        boolean sqlite = Vendor.of(handle) == Vendor.SQLITE;
        if (!sqlite) {
            statement().ifPresent(limit -> statements.setQueryTimeout(WholeSeconds.roundedUp(limit)));
        }
        if (sqlite || deadline != null) {
            statements.addCustomizer(this);
        }
    }

    /** The call's deadline, if any. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** Limits how long a handle that was just opened may wait for a packet; null if no packet can be lost. */
    @Nullable
    NetworkTimeout boundNetwork(Handle handle) {
        Optional<Duration> limit = statement();
        return limit.isPresent() && Vendor.of(handle).isNetworked()
                ? NetworkTimeout.set(handle.getConnection(), limit.get())
                : null;
    }

    /** Resets what some drivers (H2) keep with the connection, which another callback will use next. */
    void close(Handle handle) {
        if (deadline == null) {
            return;
        }
        try (Statement statement = handle.getConnection().createStatement()) {
            statement.setQueryTimeout(0);
        } catch (SQLException e) {
            LOG.debug("a connection kept its query timeout", e);
        }
    }

    /** Limits a transaction that has just begun. */
    void begin(Handle handle) {
        StringJoiner sets = new StringJoiner("; ");
        statement().ifPresent(limit -> sets.add("set local statement_timeout = " + millis(limit)));
        settings.lockTimeout().ifPresent(limit -> sets.add("set local lock_timeout = " + millis(limit)));
        if (sets.length() > 0 && Vendor.of(handle) == Vendor.POSTGRESQL) {
            handle.execute(sets.toString());
        }
    }

    /** Limits a statement that JDBI has not created. */
    void bound(Statement statement) throws SQLException {
        Optional<Duration> limit = statement();
        if (limit.isPresent()) {
            statement.setQueryTimeout(WholeSeconds.roundedUp(limit.get()));
        }
    }

    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
        if (deadline != null && deadline.isOver()) {
            throw new SQLTimeoutException("the deadline had passed before the statement began", "57014");
        }
        Optional<Duration> limit = statement();
        if (limit.isPresent()) {
            bound(statement, limit.get(), context);
        }
    }

    // SQLite treats a query timeout as a longer wait for locks.
    private void bound(PreparedStatement statement, Duration limit, StatementContext context) throws SQLException {
        boolean sqlite = Vendor.of(statement.getConnection()) == Vendor.SQLITE;
        if (sqlite) {
            context.addCleanable(Interruption.after(limit, statement)::end);
        }
        if (!sqlite || settings.lockTimeout().isEmpty()) {
            statement.setQueryTimeout(WholeSeconds.roundedUp(limit));
        }
    }

    /** Whether a limit caused the failure of a statement; never throws. */
    boolean haveCutOff(Throwable failure) {
        try {
            return Condition.of(failure) == Condition.CUT_OFF;
        } catch (Throwable unreadable) { // getCause() of an application's exception may throw
            return false;
        }
    }

    /** {@code failure} or, if a limit caused it, an exception that names the limit. */
    Throwable explained(Throwable failure) {
        if (failure instanceof DatabaseUnavailableException) { // no statement had begun that a limit could have ended
            return failure;
        }
        Condition condition = Condition.of(failure);
        if (condition.isLockTimeout() && settings.lockTimeout().isPresent()) {
            return new DatabaseTimeoutException(
                    "wait for a lock", settings.lockTimeout().get(), settings.section() + ".lock-timeout", failure);
        }
        boolean cut = condition == Condition.CUT_OFF || (condition == Condition.LOST && isSilence(failure));
        return cut ? cutOff(failure) : failure;
    }

    /** Whether a limit has cost the call its connection. */
    private boolean isSilence(Throwable failure) {
        boolean over = deadline != null && deadline.isOver();
        return over || Causes.first(failure, SocketTimeoutException.class).isPresent();
    }

    private Throwable cutOff(Throwable failure) {
        // The database may have been given a limit that is shorter by a fraction of a millisecond.
        if (deadline != null && deadline.remaining().toMillis() < 1) {
            return new DatabaseTimeoutException("call", deadline.budget(), deadline.key(), failure);
        }
        return settings.statementTimeout()
                .<Throwable>map(limit -> new DatabaseTimeoutException(
                        "statement", limit, settings.section() + ".statement-timeout", failure))
                .orElse(failure);
    }

    private Optional<Duration> statement() {
        if (deadline == null) {
            return settings.statementTimeout();
        }
        Duration left = deadline.remaining();
        return Optional.of(settings.statementTimeout()
                .filter(limit -> limit.compareTo(left) < 0)
                .orElse(left));
    }

    // 0 would mean no limit.
    private static long millis(Duration limit) {
        return Math.max(1, limit.toMillis());
    }
}
