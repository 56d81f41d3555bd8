package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.PresenceExchange;

/**
 * Exchanges presence with the other nodes, by rows of the log. A node writes its changes at most once per tick, and its whole state when it
 * connects or when another node asks for it.
 *
 * <p>Writes on the writer's thread, and receives on the reader's.
 */
final class LogPresence {
    /** The target of a row with a part of a node's presence. */
    static final String PART = "!presence";

    /** The target of a row that asks nodes for their states. */
    static final String ASK = "!presence-state";

    private static final SafeLog LOG = SafeLog.of(LogPresence.class);
    private static final int LEAD = 20;

    // Of a statement: parts have 64 KiB.
    private static final int PARTS = 32;

    // A state that does not arrive is asked for again.
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);
    private static final byte[] NOTHING = {'0'};

    private final PresenceExchange exchange;
    private final EventWriter writes;
    private final WriteQueue queue;
    private final String node;
    private final Ticker ticker;
    // When changes were written last.
    private volatile long written;
    // The rest belongs to the reader's thread.
    private final Set<String> present = new HashSet<>();
    private final Map<String, Long> asked = new HashMap<>();

    LogPresence(PresenceExchange exchange, LogStatements statements, WriteQueue queue, String node, Ticker ticker) {
        this.exchange = exchange;
        this.writes = new EventWriter(statements);
        this.queue = queue;
        this.node = node;
        this.ticker = ticker;
        this.written = ticker.read() - exchange.tick().toNanos();
    }

    void begin() {
        exchange.begin(this::changed);
    }

    /** The first change after a pause is written soon, in a twentieth of a tick, with those that come together with it. */
    private void changed() {
        long tick = exchange.tick().toNanos();
        long pause = Math.max(tick / LEAD, written + tick - ticker.read());
        queue.later(this::writeChanges, Duration.ofNanos(pause));
    }

    private boolean writeChanges(Connection connection) throws SQLException {
        written = ticker.read();
        List<byte[]> changes = exchange.changes();
        try {
            write(connection, null, changes);
        } catch (Throwable e) { // they are taken already, so the state must be written instead
            queue.later(this::writeState, exchange.tick());
            throw e;
        }
        return true;
    }

    /** Writes the state for all nodes, and asks for theirs: this node is new to them, or rows may have been lost. */
    void announce(Connection connection) throws SQLException {
        writeState(connection);
        ask(connection, null);
    }

    private boolean writeState(Connection connection) throws SQLException {
        written = ticker.read();
        requireNonNull(exchange.changes()); // the state contains them
        write(connection, null, exchange.state());
        return true;
    }

    private void write(Connection connection, @Nullable String to, List<byte[]> parts) throws SQLException {
        for (int i = 0; i < parts.size(); i += PARTS) {
            List<byte[]> some = parts.subList(i, Math.min(parts.size(), i + PARTS));
            write(connection, some.stream().map(part -> row(to, PART, part)).toList());
        }
    }

    private void ask(Connection connection, @Nullable String of) throws SQLException {
        write(connection, List.of(row(of, ASK, NOTHING)));
    }

    private void write(Connection connection, List<LogEvent> rows) throws SQLException {
        writes.commit(connection, rows, true);
        queue.ring();
    }

    /** The type is the name of the node that sends it. */
    private LogEvent row(@Nullable String to, String target, byte[] payload) {
        return new LogEvent(to, target, null, Event.ofJson(node, payload), null);
    }

    /** This node reads the log from here on, and may have missed states and changes. */
    void missed() {
        asked.clear();
        request(connection -> ask(connection, null));
    }

    /** If it fails, the next connection begins with {@link #announce}. */
    private void request(Writing writing) {
        CompletableFuture<Boolean> written = queue.request(connection -> {
            writing.write(connection);
            return true;
        });
        requireNonNull(written);
    }

    private interface Writing {
        void write(Connection connection) throws SQLException;
    }

    /** Another node asks for the state of this one. */
    void asked(LogRow row) {
        if (!row.type.equals(node)) {
            request(connection -> write(connection, row.type, exchange.state()));
        }
    }

    /** Takes over a part from another node; null if it was deleted before it was read. */
    void receive(LogRow row, byte @Nullable [] part) {
        String from = row.type;
        if (from.equals(node)) {
            return;
        }
        present.add(from);
        try {
            if (part != null && exchange.receive(from, part)) {
                asked.remove(from);
            } else {
                askOnce(from);
            }
        } catch (IllegalArgumentException e) { // its state would be malformed too, so it is not asked for
            LOG.error("channels.layer: a part of the presence of node {} cannot be read", from, e);
        }
    }

    private void askOnce(String of) {
        long now = ticker.read();
        Long before = asked.get(of);
        if (before == null || now - before > ASK_AGAIN.toNanos()) {
            asked.put(of, now);
            request(connection -> ask(connection, of));
        }
    }

    /** Drops the nodes that are gone. */
    void keep(Set<String> nodes) {
        present.removeIf(known -> {
            boolean gone = !nodes.contains(known);
            if (gone) {
                asked.remove(known);
                exchange.drop(known);
            }
            return gone;
        });
    }
}
