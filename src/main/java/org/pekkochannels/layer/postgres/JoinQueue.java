package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
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
    private static final SafeLog LOG = SafeLog.of(JoinQueue.class);

    private final RecentHistories histories;
    private final StoredHistory history;
    // Guarded by this.
    private final Queue<Join> waiting = new ArrayDeque<>();
    private @Nullable LayerUnavailableException down;

    JoinQueue(RecentHistories histories, StoredHistory history) {
        this.histories = histories;
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
            @Nullable CompletableFuture<Joined> joined) implements RecentHistories.Need {}

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
            return serve(joins, histories.read(connection, joins));
        } catch (SQLException e) {
            again(joins);
            throw e;
        } catch (Throwable e) { // again, it would fail in the same way
            return new Served(joins.stream().map(join -> failed(join, e)).toList(), List.of());
        }
    }

    private Served serve(List<Join> joins, Map<String, Past> pasts) {
        List<Join> unknown = new ArrayList<>();
        List<Runnable> stages = new ArrayList<>();
        for (Join join : joins) {
            Past past = pasts.get(join.group().value());
            if (past == null) {
                unknown.add(join);
            } else {
                stages.add(attempt(join, past));
            }
        }
        again(unknown);
        return new Served(stages, unknown.stream().map(Join::group).distinct().toList());
    }

    /** A failure concerns one channel only. */
    private Runnable attempt(Join join, Past past) {
        try {
            return serve(join, past);
        } catch (Throwable e) {
            return failed(join, e);
        }
    }

    private static Runnable failed(Join join, Throwable reason) {
        LOG.warn("channels.layer: the history of group '{}' could not be read", join.group(), reason);
        CompletableFuture<Joined> joined = join.joined();
        return () -> {
            if (joined != null) {
                joined.completeExceptionally(new LayerUnavailableException(
                        "channels.layer: the history of group '" + join.group() + "' could not be read", reason));
            }
        };
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
        Joined outcome = new Joined(recovered ? join.since() : past.newest(), recovered);
        return () -> joined.complete(outcome);
    }
}
