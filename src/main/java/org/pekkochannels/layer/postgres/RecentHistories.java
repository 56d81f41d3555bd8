package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.StoredHistory;

/**
 * The histories that were read within the last seconds, kept up to date from the log. When a node ends, all its clients come to the others
 * within seconds: each group is read once for all of them. Confined to the reader's thread.
 */
final class RecentHistories {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    // An event may be replayed that much of its time to live too late.
    private static final int PART_OF_TTL = 10;

    // Of all histories together; a larger one is read for each round of joins.
    private static final long MOST_BYTES = 16 << 20;

    // Clients that come back together miss about the same events: some more are read for those that have missed more
    // than the first.
    private static final int MARGIN = 100;

    private final LogStatements statements;
    private final StoredHistory history;
    private final Ticker ticker;
    // In the order of their reads.
    private final Map<String, Past> pasts = new LinkedHashMap<>();
    private long bytes;
    private final LongAdder reads = new LongAdder();

    RecentHistories(LogStatements statements, StoredHistory history, Ticker ticker) {
        this.statements = statements;
        this.history = history;
        this.ticker = ticker;
    }

    /** What a channel needs: the events of a group after a position. */
    interface Need {
        GroupName group();

        Position since();
    }

    /** What is read for one group: the events after a number, if its epoch is still that one. */
    private record Place(GroupName group, String epoch) {}

    /** How many histories were read from the database. May be called on any thread. */
    long reads() {
        return reads.sum();
    }

    /** Rows of the log may be missing. */
    void clear() {
        pasts.clear();
        bytes = 0;
    }

    /** An event is being delivered. */
    void append(LogRow row, Event event) {
        Past past = pasts.get(row.target);
        if (past != null) {
            bytes -= past.bytes();
            boolean kept = past.append(row, event);
            bytes += past.bytes();
            if (!kept) {
                remove(row.target);
            }
        }
    }

    /** An event is not delivered here. */
    void skip(LogRow row) {
        remove(row.target);
    }

    private void remove(String group) {
        Past removed = pasts.remove(group);
        bytes -= removed == null ? 0 : removed.bytes();
    }

    /**
     * Finds what is needed, in the snapshot of the connection's transaction, which is also that of the newest rows of the log.
     *
     * @return by the names of the groups, without those whose histories have not begun
     */
    Map<String, Past> read(Connection connection, Collection<? extends Need> needs) throws SQLException {
        Map<String, Past> found = new HashMap<>();
        Map<Place, Long> missing = new LinkedHashMap<>();
        for (Need need : needs) {
            Past past = recent(need.group());
            if (past != null && past.covers(need.since())) {
                found.put(need.group().value(), past);
            } else {
                GroupPlace place = GroupPlace.of(need.since()).orElse(new GroupPlace("", Long.MAX_VALUE));
                long number = past == null ? Math.max(0, place.number() - MARGIN) : 0;
                missing.merge(new Place(need.group(), place.epoch()), number, Math::min);
            }
        }
        if (!missing.isEmpty()) {
            Map<String, Past> read = query(connection, missing);
            found.putAll(read);
            keep(read);
        }
        return found;
    }

    /** Frees what no join needs any more. */
    void removeOld() {
        long now = ticker.read();
        Iterator<Past> oldest = pasts.values().iterator();
        while (oldest.hasNext()) {
            Past past = oldest.next();
            if (now - past.readAt() < LONGEST.toNanos() && bytes <= MOST_BYTES) {
                return;
            }
            bytes -= past.bytes();
            oldest.remove();
        }
    }

    private @Nullable Past recent(GroupName group) {
        Past past = pasts.get(group.value());
        long longest = Math.min(
                LONGEST.toNanos(), history.ttl(group).orElse(Duration.ZERO).toNanos() / PART_OF_TTL);
        if (past == null || ticker.read() - past.readAt() < longest) {
            return past;
        }
        remove(group.value());
        return null;
    }

    private void keep(Map<String, Past> read) {
        read.forEach((group, past) -> {
            remove(group);
            pasts.put(group, past);
            bytes += past.bytes();
        });
        removeOld();
    }

    private Map<String, Past> query(Connection connection, Map<Place, Long> missing) throws SQLException {
        List<Place> places = List.copyOf(missing.keySet());
        Map<String, Past> read = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(statements.history())) {
            set(
                    statement,
                    1,
                    "text",
                    places.stream().map(place -> place.group().value()).toArray());
            set(statement, 2, "text", places.stream().map(Place::epoch).toArray());
            set(statement, 3, "bigint", places.stream().map(missing::get).toArray());
            set(
                    statement,
                    4,
                    "bigint",
                    places.stream()
                            .map(place -> (long) history.size(place.group()))
                            .toArray());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    read(rows, read);
                }
            }
        }
        reads.add(read.size());
        return read;
    }

    private static void set(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }

    private void read(ResultSet rows, Map<String, Past> read) throws SQLException {
        String epoch = rows.getString("current");
        if (epoch == null) {
            return;
        }
        long top = rows.getLong("top");
        GroupName group = new GroupName(rows.getString("name"));
        Past past =
                read.computeIfAbsent(group.value(), any -> new Past(epoch, top, history.size(group), ticker.read()));
        if (epoch.equals(rows.getString("asked"))) {
            past.asked(rows.getLong("since"));
        }
        if (rows.getBytes("payload") != null) {
            LogRow row = new LogRow(rows);
            LogHistory.event(group, row, history).ifPresent(event -> past.add(row.position, event));
        }
    }
}
