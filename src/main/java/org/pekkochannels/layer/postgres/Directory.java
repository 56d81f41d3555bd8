package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LocalChannels;

/**
 * The nodes, and the chosen names of their channels: rows of a table, which are read when a node has said that it has changed its own.
 * Thread-safe.
 */
final class Directory {
    /** The target of a row of the log that says that the nodes have changed; no group and no channel can have the name. */
    static final String CHANGED = "!nodes";

    private static final Event MARK = Event.of("nodes");

    private final LogStatements statements;
    private final EventWriter writes;
    private final LocalChannels local;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile Map<String, Set<String>> nodes = Map.of();
    private volatile boolean changed;

    Directory(LogStatements statements, LocalChannels local) {
        this.statements = statements;
        this.writes = new EventWriter(statements);
        this.local = local;
    }

    /** The names of this node's channels have changed, and will be announced. */
    void namesChanged() {
        changed = true;
    }

    /** Announces this node and the chosen names of its channels. */
    void announce(Connection connection) throws SQLException {
        changed = false;
        try (PreparedStatement statement = connection.prepareStatement(statements.register())) {
            statement.setString(1, local.node());
            statement.setArray(2, connection.createArrayOf("text", local.names().toArray()));
            statement.executeUpdate();
        }
        tell(connection);
    }

    /** Lets all nodes read the table again. */
    void tell(Connection connection) throws SQLException {
        writes.commit(connection, List.of(new LogEvent(null, CHANGED, null, MARK, null)), true);
    }

    /** Returns whether something was announced. */
    boolean announceChanges(Connection connection) throws SQLException {
        if (!changed) {
            return false;
        }
        announce(connection);
        return true;
    }

    /** Returns false if this node was removed, because it had been silent for long; it is announced again then. */
    boolean beat(Connection connection) throws SQLException {
        if (execute(connection, statements.beat()) == 0) {
            announce(connection);
            return false;
        }
        return true;
    }

    void leave(Connection connection) throws SQLException {
        execute(connection, statements.unregister());
        tell(connection);
    }

    private int execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, local.node());
            return statement.executeUpdate();
        }
    }

    /** Reads the table and returns the nodes; one thread at a time, so that the newest state stays. */
    synchronized Set<String> refresh(Connection connection) throws SQLException {
        Map<String, Set<String>> read = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(statements.nodes());
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                read.put(rows.getString(1), Set.of((String[]) rows.getArray(2).getArray()));
            }
        }
        nodes = Map.copyOf(read);
        return nodes.keySet();
    }

    /** Whether an event for a node finds one; true for a group. */
    boolean isReachable(Connection connection, @Nullable String node) throws SQLException {
        if (node == null || node.equals(local.node()) || nodes.containsKey(node)) {
            return true;
        }
        return refresh(connection).contains(node);
    }

    /** Of the nodes that have a channel of a chosen name, the next in turn. */
    Optional<String> next(String name) {
        List<String> having = new ArrayList<>();
        nodes.forEach((node, names) -> {
            if (names.contains(name) && !node.equals(local.node())) {
                having.add(node);
            }
        });
        if (local.names().contains(name)) {
            having.add(local.node());
        }
        having.sort(null);
        return having.isEmpty()
                ? Optional.empty()
                : Optional.of(having.get(Math.floorMod(turn.getAndIncrement(), having.size())));
    }
}
