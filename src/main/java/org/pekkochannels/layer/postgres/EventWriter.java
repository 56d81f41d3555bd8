package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.LostCommitException;

/** Writes events as rows, with one statement. Immutable and thread-safe; each call uses its connection only. */
final class EventWriter {
    private final LogStatements statements;

    EventWriter(LogStatements statements) {
        this.statements = statements;
    }

    /** Writes events in a transaction of the caller. */
    void write(Connection connection, List<LogEvent> events) throws SQLException {
        write(connection, events, statement(events, statements.write(events.size() == 1)), true);
    }

    /**
     * Writes events in a transaction of the caller, and commits it. The driver sends both statements at once, and the server skips the second one
     * if the first fails.
     *
     * @throws LostCommitException if the connection was lost meanwhile
     */
    void writeAndCommit(Connection connection, List<LogEvent> events) throws SQLException {
        try {
            write(connection, events, statement(events, statements.write(events.size() == 1)) + "; commit", true);
        } catch (SQLException e) {
            throw LostCommitException.explained(e);
        }
    }

    /**
     * Writes events in a transaction of their own; the connection commits each statement.
     *
     * @param numbered whether the events are numbered at once, which waits for every other transaction that has sent to the groups
     */
    void commit(Connection connection, List<LogEvent> events, boolean numbered) throws SQLException {
        write(connection, events, statement(events, statements.writeLazily(events.size() == 1)), numbered);
    }

    private String statement(List<LogEvent> events, String unkept) {
        return !isAnyKept(events) ? unkept : events.size() == 1 ? statements.writeOneKept() : statements.writeKept();
    }

    private static boolean isAnyKept(List<LogEvent> events) {
        return events.stream().anyMatch(event -> event.ttlMillis() != null);
    }

    private static void write(Connection connection, List<LogEvent> events, String sql, boolean numbered)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (events.size() == 1) {
                set(statement, events.get(0));
            } else {
                set(statement, events);
            }
            if (isAnyKept(events)) {
                statement.setBoolean(7, numbered);
            }
            statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, LogEvent event) throws SQLException {
        statement.setString(1, event.node());
        statement.setString(2, event.target());
        statement.setString(3, event.excluded());
        statement.setString(4, event.event().type());
        statement.setBytes(5, event.event().jsonBytes());
        statement.setObject(6, event.ttlMillis(), Types.BIGINT);
    }

    private static void set(PreparedStatement statement, List<LogEvent> events) throws SQLException {
        set(statement, 1, "text", texts(events, LogEvent::node));
        set(statement, 2, "text", texts(events, LogEvent::target));
        set(statement, 3, "text", texts(events, LogEvent::excluded));
        set(statement, 4, "text", texts(events, event -> event.event().type()));
        set(
                statement,
                5,
                "bytea",
                events.stream().map(event -> event.event().jsonBytes()).toArray(byte[][]::new));
        set(statement, 6, "bigint", events.stream().map(LogEvent::ttlMillis).toArray(Long[]::new));
    }

    private static Object[] texts(List<LogEvent> events, Function<LogEvent, @Nullable String> part) {
        return events.stream().map(part).toArray(String[]::new);
    }

    private static void set(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }
}
