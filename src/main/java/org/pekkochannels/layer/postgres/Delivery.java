package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.layer.StoredHistory;

/** Delivers rows of the log to the channels of this node. Confined to the reader's thread. */
final class Delivery {
    private static final SafeLog LOG = SafeLog.of(Delivery.class);

    // An event for one channel is lost without a gap: it belongs to no group.
    private static final Gap NONE = Gap.of(GroupName.of("none", ""));

    private final LogStatements statements;
    private final LocalChannels local;
    private final StoredHistory history;
    private final RecentHistories histories;
    private final Directory directory;
    private final LogPresence presence;
    private final LongAdder skipped = new LongAdder();

    Delivery(
            LogStatements statements,
            LocalChannels local,
            StoredHistory history,
            RecentHistories histories,
            Directory directory,
            LogPresence presence) {
        this.statements = statements;
        this.local = local;
        this.history = history;
        this.histories = histories;
        this.directory = directory;
        this.presence = presence;
    }

    String node() {
        return local.node();
    }

    /** Rows that could not be delivered. May be called on any thread. */
    long skipped() {
        return skipped.sum();
    }

    /**
     * Delivers rows that are ordered by their ids, without those that are not numbered yet.
     *
     * @param delivered is called with each before it is delivered
     */
    void deliver(Connection connection, List<LogRow> rows, Consumer<LogRow> delivered) throws SQLException {
        histories.removeOld();
        for (LogRow row : ordered(rows)) {
            if (!row.isUnnumbered()) {
                deliver(connection, row, delivered);
            }
        }
    }

    private void deliver(Connection connection, LogRow row, Consumer<LogRow> delivered) throws SQLException {
        try {
            if (row.isOfSystem()) {
                delivered.accept(row);
                deliverToSystem(connection, row);
            } else if (isWanted(row)) {
                byte[] payload = payload(connection, row);
                delivered.accept(row);
                deliver(row, payload);
            } else {
                histories.skip(row);
            }
        } catch (SQLException e) {
            throw e;
        } catch (Throwable e) { // one row that another program has written, or a newer release
            skipped.increment();
            histories.skip(row);
            LOG.warn("channels.layer: row {} of the log is skipped", row.id, e);
        }
    }

    /** A newer release may have other targets. */
    private void deliverToSystem(Connection connection, LogRow row) throws SQLException {
        switch (row.target) {
            case Directory.CHANGED -> refreshNodes(connection);
            case LogPresence.PART -> presence.receive(row, payload(connection, row));
            case LogPresence.ASK -> presence.asked(row);
            default -> LOG.debug("row {} of the log has the unknown target {}", row.id, row.target);
        }
    }

    /** Reads the nodes again; the entries of those that are gone end. */
    void refreshNodes(Connection connection) throws SQLException {
        presence.keep(directory.refresh(connection));
    }

    /** Rows may not have been read. */
    void missed() {
        presence.missed();
        histories.clear();
    }

    /**
     * Rows that were numbered later have older ids than their numbers say: the events of such a group get their order, in the places that its
     * events have among those of others.
     */
    private static List<LogRow> ordered(List<LogRow> rows) {
        Map<String, Long> last = new HashMap<>();
        boolean ascending = true;
        for (LogRow row : rows) {
            if (row.position > 0) {
                Long before = last.put(row.target, row.position);
                ascending &= before == null || before < row.position;
            }
        }
        return ascending ? rows : sorted(rows);
    }

    private static List<LogRow> sorted(List<LogRow> rows) {
        Map<String, Queue<LogRow>> groups = new HashMap<>();
        rows.stream()
                .filter(row -> row.position > 0)
                .sorted(Comparator.comparingLong(row -> row.position))
                .forEach(row -> groups.computeIfAbsent(row.target, any -> new ArrayDeque<>())
                        .add(row));
        return rows.stream()
                .map(row -> row.position > 0
                        ? requireNonNull(groups.get(row.target)).remove()
                        : row)
                .toList();
    }

    /** A large payload is read for members only. */
    private boolean isWanted(LogRow row) {
        return row.node != null || row.payload != null || local.members(new GroupName(row.target)) > 0;
    }

    private byte @Nullable [] payload(Connection connection, LogRow row) throws SQLException {
        if (row.payload != null) {
            return row.payload;
        }
        try (PreparedStatement statement = connection.prepareStatement(statements.payload())) {
            statement.setLong(1, row.id);
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? found.getBytes(1) : null;
            }
        }
    }

    private void deliver(LogRow row, byte @Nullable [] payload) {
        if (payload == null) {
            histories.skip(row);
            local.missed(row.node == null ? Gap.of(new GroupName(row.target)) : NONE, 1);
        } else if (row.node != null) {
            local.deliver(row.target, Event.ofJson(row.type, payload));
        } else {
            deliverToGroup(new GroupName(row.target), row, Event.ofJson(row.type, payload));
        }
    }

    private void deliverToGroup(GroupName group, LogRow row, Event event) {
        if (row.kept) {
            Event placed = history.placed(group, event, row.position());
            histories.append(row, placed);
            history.deliver(group, row.excluded, placed, row.before());
        } else if (row.excluded != null) {
            local.deliverToGroupExcept(group, row.excluded, event);
        } else {
            local.deliverToGroup(group, event);
        }
    }
}
