package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes events as rows, with one statement. Immutable and thread-safe; each call uses its connection only. */
final class EventWriter {
    private final LogStatements statements;

    EventWriter(LogStatements statements) {
        this.statements = statements;
    }

    /** Writes events in a transaction of the caller. */
    void write(Connection connection, List<LogEvent> events) throws SQLException {
        write(connection, events, statements.write(), true);
    }

    /**
     * Writes events in a transaction of their own; the connection commits each statement.
     *
     * @param numbered whether the events are numbered at once, which waits for every other transaction that has sent to the groups
     */
    void commit(Connection connection, List<LogEvent> events, boolean numbered) throws SQLException {
        write(connection, events, statements.writeLazily(), numbered);
    }

    private static boolean isKept(List<LogEvent> events) {
        return events.stream().anyMatch(event -> event.ttlMillis() != null);
    }

    private void write(Connection connection, List<LogEvent> events, String unkept, boolean numbered)
            throws SQLException {
        boolean kept = isKept(events);
        try (PreparedStatement statement = connection.prepareStatement(kept ? statements.writeKept() : unkept)) {
            texts(statement, 1, events, LogEvent::node);
            texts(statement, 2, events, LogEvent::target);
            texts(statement, 3, events, LogEvent::excluded);
            texts(statement, 4, events, event -> event.event().type());
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "bytea",
                            events.stream()
                                    .map(event -> event.event().jsonBytes())
                                    .toArray(byte[][]::new)));
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "bigint", events.stream().map(LogEvent::ttlMillis).toArray(Long[]::new)));
            if (kept) {
                statement.setBoolean(7, numbered);
            }
            statement.executeUpdate();
        }
    }

    private static void texts(
            PreparedStatement statement, int index, List<LogEvent> events, Function<LogEvent, @Nullable String> part)
            throws SQLException {
        statement.setArray(
                index,
                statement
                        .getConnection()
                        .createArrayOf("text", events.stream().map(part).toArray(String[]::new)));
    }
}
