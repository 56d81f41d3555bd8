package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.StoredHistory;

/**
 * Channels that join groups with history, and channels that were full and need what they have missed. The reader serves them between two
 * batches of the log, from the same snapshot as the batch before: what the snapshot contains is replayed, what it does not contain is still
 * to come.
 */
final class JoinQueue {
    private final LogStatements statements;
    private final StoredHistory history;
    // Guarded by this.
    private final Queue<Join> waiting = new ArrayDeque<>();
    private @Nullable LayerUnavailableException down;

    JoinQueue(LogStatements statements, StoredHistory history) {
        this.statements = statements;
        this.history = history;
    }

    /**
     * One channel.
     *
     * @param group the group
     * @param channel the channel
     * @param since the position from which it needs the events
     * @param joined completes when it has joined; null for a member that was full
     */
    private record Join(
            GroupName group,
            Channel channel,
            Position since,
            @Nullable CompletableFuture<Joined> joined) {}

    /** The epoch and the top of a group, and its events after the least number asked for. */
    private static final class Past {
        private final String epoch;
        private final long top;
        private final List<Event> events = new ArrayList<>();
        private long first;

        Past(String epoch, long top) {
            this.epoch = epoch;
            this.top = top;
            this.first = top + 1;
        }

        void add(long number, Event event) {
            first = events.isEmpty() ? number : first;
            events.add(event);
        }

        /** Empty unless all events after the position are here. */
        Optional<List<Event>> after(Position since) {
            return GroupPlace.of(since)
                    .filter(place -> place.epoch().equals(epoch) && place.number() <= top)
                    .filter(place -> place.number() + 1 >= first && first + events.size() == top + 1)
                    .map(place -> events.subList((int) (place.number() + 1 - first), events.size()));
        }
    }

    CompletableFuture<Joined> join(GroupName group, Channel channel, Position since) {
        CompletableFuture<Joined> joined = new CompletableFuture<>();
        synchronized (this) {
            if (down != null) {
                return CompletableFuture.failedFuture(down);
            }
            waiting.add(new Join(group, channel, since, joined));
        }
        return joined;
    }

    /** A member that was full waits also while the database cannot be reached. */
    synchronized void refill(GroupName group, Channel channel, Position before) {
        waiting.add(new Join(group, channel, before, null));
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** The database cannot be reached: those who join are returned, to fail. */
    synchronized List<CompletableFuture<?>> down(LayerUnavailableException reason) {
        down = reason;
        List<CompletableFuture<?>> failing = new ArrayList<>();
        waiting.removeIf(join -> join.joined() != null && failing.add(join.joined()));
        return failing;
    }

    synchronized void up() {
        down = null;
    }

    private synchronized List<Join> take() {
        List<Join> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    private synchronized void again(List<Join> joins) {
        waiting.addAll(joins);
    }

    /**
     * Serves those that wait, from the snapshot of the connection's transaction.
     *
     * @return what completes their stages, and the groups whose histories have not begun, which wait on
     */
    Served serve(Connection connection) throws SQLException {
        List<Join> joins = take();
        try {
            Map<String, Past> pasts = read(connection, joins);
            List<Join> unknown = new ArrayList<>();
            List<Runnable> stages = new ArrayList<>();
            for (Join join : joins) {
                Past past = pasts.get(join.group().value());
                if (past == null) {
                    unknown.add(join);
                } else {
                    stages.add(serve(join, past));
                }
            }
            again(unknown);
            return new Served(
                    stages, unknown.stream().map(Join::group).distinct().toList());
        } catch (SQLException e) {
            again(joins);
            throw e;
        }
    }

    /**
     * The outcome of one round.
     *
     * @param stages complete the stages
     * @param unknown groups without a history yet
     */
    record Served(List<Runnable> stages, List<GroupName> unknown) {}

    private Runnable serve(Join join, Past past) {
        Optional<List<Event>> missed = past.after(join.since());
        CompletableFuture<Joined> joined = join.joined();
        if (joined == null) {
            history.refill(join.group(), join.channel(), join.since(), missed);
            return () -> {};
        }
        boolean recovered = missed.isPresent() && history.mayReplay(join.group(), join.channel());
        history.join(join.group(), join.channel(), recovered ? missed.get() : List.of());
        Joined outcome = new Joined(recovered ? join.since() : GroupPlace.position(past.epoch, past.top), recovered);
        return () -> joined.complete(outcome);
    }

    private Map<String, Past> read(Connection connection, List<Join> joins) throws SQLException {
        Map<GroupPlaceOf, Long> wanted = new LinkedHashMap<>();
        for (Join join : joins) {
            GroupPlace place = GroupPlace.of(join.since()).orElse(new GroupPlace("", Long.MAX_VALUE));
            wanted.merge(new GroupPlaceOf(join.group(), place.epoch()), place.number(), Math::min);
        }
        return read(connection, List.copyOf(wanted.keySet()), List.copyOf(wanted.values()));
    }

    /** A group, and an epoch that clients have presented. */
    private record GroupPlaceOf(GroupName group, String epoch) {}

    private Map<String, Past> read(Connection connection, List<GroupPlaceOf> places, List<Long> numbers)
            throws SQLException {
        Map<String, Past> pasts = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(statements.history())) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            places.stream().map(place -> place.group().value()).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", places.stream().map(GroupPlaceOf::epoch).toArray()));
            statement.setArray(3, connection.createArrayOf("bigint", numbers.toArray()));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "bigint",
                            places.stream()
                                    .map(place -> (long) history.size(place.group()))
                                    .toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    read(rows, pasts);
                }
            }
        }
        return pasts;
    }

    private void read(ResultSet rows, Map<String, Past> pasts) throws SQLException {
        String epoch = rows.getString("current");
        if (epoch == null) {
            return;
        }
        long top = rows.getLong("top");
        Past past = pasts.computeIfAbsent(rows.getString("name"), any -> new Past(epoch, top));
        byte[] payload = rows.getBytes("payload");
        if (payload != null) {
            LogRow row = new LogRow(rows);
            GroupName group = new GroupName(row.target);
            past.add(row.position, history.placed(group, Event.ofJson(row.type, payload), row.position()));
        }
    }
}
