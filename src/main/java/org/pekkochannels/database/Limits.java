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
 * How long the statements of one call may take: as configured, and no longer than its deadline. Immutable.
 *
 * <p>Transactions of PostgreSQL are told in milliseconds, which also holds behind a pooler. All others by JDBC's query
 * timeout, which knows whole seconds, rounded up; SQLite is interrupted from here.
 */
final class Limits implements StatementCustomizer {
    private static final SafeLog LOG = SafeLog.of(Limits.class);

    private final DispatcherSettings settings;
    private final @Nullable Deadline deadline;

    private Limits(DispatcherSettings settings, @Nullable Deadline deadline) {
        this.settings = settings;
        this.deadline = deadline;
    }

    /** Those of a call, or null when nothing is limited, so that this costs nothing. */
    static @Nullable Limits of(DispatcherSettings settings, @Nullable Deadline deadline) {
        boolean none = deadline == null
                && settings.statementTimeout().isEmpty()
                && settings.lockTimeout().isEmpty();
        return none ? null : new Limits(settings, deadline);
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

    /** When the call must be over, if it must. */
    @Nullable
    Deadline deadline() {
        return deadline;
    }

    /** Bounds how long a handle that was just opened may wait for a packet; nothing where no packet can be lost. */
    @Nullable
    NetworkTimeout boundNetwork(Handle handle) {
        Optional<Duration> limit = statement();
        return limit.isPresent() && Vendor.of(handle).isNetworked()
                ? NetworkTimeout.set(handle.getConnection(), limit.get())
                : null;
    }

    /** Takes back what some drivers keep with the connection (H2), which somebody else will have next. */
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

    @Override
    public void beforeExecution(PreparedStatement statement, StatementContext context) throws SQLException {
        if (deadline != null && deadline.isOver()) {
            throw new SQLTimeoutException("the deadline was over before the statement began", "57014");
        }
        Optional<Duration> limit = statement();
        if (limit.isPresent()) {
            bound(statement, limit.get(), context);
        }
    }

    // What SQLite takes for a query timeout is a longer wait for locks.
    private void bound(PreparedStatement statement, Duration limit, StatementContext context) throws SQLException {
        boolean sqlite = Vendor.of(statement.getConnection()) == Vendor.SQLITE;
        if (sqlite) {
            context.addCleanable(Interruption.after(limit, statement)::end);
        }
        if (!sqlite || settings.lockTimeout().isEmpty()) {
            statement.setQueryTimeout(WholeSeconds.roundedUp(limit));
        }
    }

    /** Whether a failure comes of a statement that was cut off; never throws. */
    boolean haveCutOff(Throwable failure) {
        try {
            return Condition.of(failure) == Condition.CUT_OFF;
        } catch (Throwable unreadable) { // an exception of the application's may throw when it is asked for its cause
            return false;
        }
    }

    /** {@code failure}, or, where it comes of a limit, one that says so. */
    Throwable explained(Throwable failure) {
        if (failure instanceof DatabaseUnavailableException) { // nothing was begun that a limit could have ended
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
        // The database may have been told some fraction of a millisecond less.
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
