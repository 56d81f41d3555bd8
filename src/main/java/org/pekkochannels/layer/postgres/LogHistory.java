package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.StoredHistory;

/** The positions and the newest events of groups, as a connection sees them. Immutable and thread-safe; each call uses its connection only. */
final class LogHistory {
    private static final SafeLog LOG = SafeLog.of(LogHistory.class);

    private final LogStatements statements;
    private final StoredHistory history;

    LogHistory(LogStatements statements, StoredHistory history) {
        this.statements = statements;
        this.history = history;
    }

    /** How long the events of a group are kept; null for a group without history. */
    @Nullable
    Long ttlMillis(GroupName group) {
        return history.ttl(group).map(Duration::toMillis).orElse(null);
    }

    /** Begins the histories of those groups that have none. */
    void begin(Connection connection, List<GroupName> groups) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statements.begin())) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", groups.stream().map(GroupName::value).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint", groups.stream().map(this::ttlMillis).toArray()));
            statement.executeUpdate();
        }
    }

    /** The position of the newest event; begins the history of the group if there is none. */
    Position begun(Connection connection, GroupName group) throws SQLException {
        Optional<Position> top = top(connection, group);
        if (top.isEmpty()) {
            begin(connection, List.of(group));
            top = top(connection, group);
        }
        return top.orElse(Position.NONE);
    }

    /** The position of the newest event; empty before the first. */
    Optional<Position> top(Connection connection, GroupName group) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statements.tops())) {
            statement.setArray(1, connection.createArrayOf("text", new String[] {group.value()}));
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(GroupPlace.position(row.getString("epoch"), row.getLong("top")))
                        : Optional.empty();
            }
        }
    }

    /** What a row of a history contains; empty for a row that another program has written, or a newer release, which Delivery skips, too. */
    static Optional<Event> event(GroupName group, LogRow row, StoredHistory history) {
        try {
            Event event = Event.ofJson(row.type, requireNonNull(row.payload, "the row has no payload"));
            return Optional.of(history.placed(group, event, row.position()));
        } catch (RuntimeException e) {
            LOG.warn("channels.layer: row {} of the log is not replayed", row.id, e);
            return Optional.empty();
        }
    }

    /** The newest events, oldest first. */
    List<Event> newest(Connection connection, GroupName group, int limit) throws SQLException {
        List<Event> newestFirst = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(statements.newest())) {
            statement.setString(1, group.value());
            statement.setLong(2, history.size(group));
            statement.setInt(3, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    event(group, new LogRow(rows), history).ifPresent(newestFirst::add);
                }
            }
        }
        Collections.reverse(newestFirst);
        return List.copyOf(newestFirst);
    }
}
