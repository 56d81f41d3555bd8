package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;

/**
 * A consumer's channel, opened on first use, with its group memberships; all end together.
 *
 * <p>Thread-safe: a synchronous callback may join a group while the actor learns that the peer has left. The layer may be the application's
 * code, and is never called with the lock held: if it blocks, the actor of an ending connection does not wait.
 */
final class Membership {
    /** The outcome of a join after the connection has ended. */
    static final Joined NOT_JOINED = new Joined(Position.NONE, false);

    static final String NO_KEY = "the key of a presence must not be null";
    static final String NO_META = "the meta of a presence must not be null; use Map.of() for none";
    private static final CompletionStage<Done> DONE = CompletableFuture.completedStage(Done.getInstance());

    private final ChannelLayer layer;
    private final AfterCommit afterCommit;
    private final ConsumerCounters counts;
    private final int maxGroups;
    private final java.util.function.Consumer<Event> receiver;
    private @Nullable Channel channel;
    // Null without handlers of presences, which most consumers do not have. Set in the consumer's constructor.
    private @Nullable PresenceHandlers presences;
    // Joins in progress, which the channel may not have counted yet.
    private int joining;
    private boolean closed;

    Membership(
            ChannelLayer layer,
            AfterCommit afterCommit,
            ConsumerCounters counts,
            int maxGroups,
            java.util.function.Consumer<Event> receiver) {
        this.layer = layer;
        this.afterCommit = afterCommit;
        this.counts = counts;
        this.maxGroups = maxGroups;
        this.receiver = receiver;
    }

    ChannelLayer layer() {
        return layer;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }

    /** After the end, too: then it is the name of a channel that is closed and not retained. */
    String channelName() {
        return open().name();
    }

    /** The members of a group on this node. */
    int localSize(GroupName group) {
        return layer.localSize(group);
    }

    /** The channel's name; empty if the consumer has used none yet, and so is not a member of any group. */
    Optional<String> self() {
        return Optional.ofNullable(channel()).map(Channel::name);
    }

    /** Adds the channel, unless it is in the maximum number of groups. Has no effect after the connection has ended. */
    CompletionStage<Done> join(GroupName group) {
        return join(group, Done.getInstance(), own -> layer.groupAdd(group, own));
    }

    /** Adds the channel, perhaps again, as {@link ChannelLayer#groupAdd(GroupName, Channel, Position)} describes. */
    CompletionStage<Joined> join(GroupName group, Position since) {
        return join(group, NOT_JOINED, own -> layer.groupAdd(group, own, since));
    }

    private <T> CompletionStage<T> join(GroupName group, T ended, Function<Channel, CompletionStage<T>> join) {
        if (isClosed()) {
            return CompletableFuture.completedFuture(ended);
        }
        Channel own = open();
        if (!reserve(group, own)) {
            counts.groupRefused();
            return CompletableFuture.failedFuture(new TooManyGroupsException(group.value(), maxGroups));
        }
        return watched(group, own, add(own, join));
    }

    /** Removes the channel. Has no effect after the connection has ended, which has left all groups. */
    CompletionStage<Done> leave(GroupName group) {
        return isClosed() ? CompletableFuture.completedFuture(Done.getInstance()) : discard(group, open());
    }

    /** Enters the presence of a group, or changes the meta there. Has no effect after the connection has ended. */
    CompletionStage<Done> enter(GroupName group, String key, byte[] meta) {
        return isClosed() ? DONE : layer.presence().enter(group, open(), key, meta);
    }

    /** Changes the meta in the presence of a group. Has no effect after the connection has ended. */
    CompletionStage<Done> update(GroupName group, String key, byte[] meta) {
        return isClosed() ? DONE : layer.presence().update(group, open(), key, meta);
    }

    /** Leaves the presence of a group. Has no effect after the connection has ended, which has left all. */
    CompletionStage<Done> leavePresence(GroupName group, String key) {
        return isClosed() ? DONE : layer.presence().leave(group, open(), key);
    }

    /** From now on the consumer receives the presence of the groups that it joins, if it has a handler. */
    void handle(PresenceHandlers handlers) {
        presences = handlers;
    }

    @Nullable
    PresenceHandlers presences() {
        return presences;
    }

    /** How many events the channel had no room for; two different values mean that there was one between them. */
    int misses() {
        Channel own = channel();
        return own == null ? 0 : own.misses();
    }

    /** Whether events of a group wait that belong to an earlier membership. */
    boolean isSuperseded(GroupName group) {
        Channel own = channel();
        return own != null && own.isSuperseded(group);
    }

    /** Releases an event's slot in the channel, and returns whether to handle the event. */
    synchronized boolean take(Event event) {
        return channel != null && channel.take(event) && !closed;
    }

    synchronized void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean reserve(GroupName group, Channel own) {
        if (own.groups() + joining >= maxGroups && !own.isMember(group.value())) {
            return false;
        }
        joining++;
        return true;
    }

    /** If the connection ends meanwhile the channel is closed, and a closed channel cannot join. */
    private <T> CompletionStage<T> add(Channel own, Function<Channel, CompletionStage<T>> join) {
        boolean pending = false;
        try {
            CompletionStage<T> added = join.apply(own);
            pending = !added.toCompletableFuture().isDone();
            if (pending) {
                added.whenComplete((done, failure) -> joined());
            }
            return added;
        } finally {
            if (!pending) {
                joined();
            }
        }
    }

    /** A member with a handler receives the presence, too. */
    private <T> CompletionStage<T> watched(GroupName group, Channel own, CompletionStage<T> join) {
        PresenceHandlers handlers = presences;
        return handlers == null || !handlers.handle(group)
                ? join
                : join.thenCompose(joined -> watch(group, own).thenApply(done -> joined));
    }

    private CompletionStage<Done> watch(GroupName group, Channel own) {
        return own.isMember(group.value()) ? layer.presence().watch(group, own) : DONE;
    }

    private CompletionStage<Done> discard(GroupName group, Channel own) {
        PresenceHandlers handlers = presences;
        return handlers == null || !handlers.handle(group)
                ? layer.groupDiscard(group, own)
                : layer.presence().unwatch(group, own).thenCompose(done -> layer.groupDiscard(group, own));
    }

    private synchronized void joined() {
        joining--;
    }

    private Channel open() {
        Channel present = channel();
        return present == null ? keep(layer.newChannel(receiver)) : present;
    }

    private synchronized @Nullable Channel channel() {
        return channel;
    }

    /** If two threads open the channel at the same time, the first one's is used. */
    private synchronized Channel keep(Channel made) {
        if (channel == null) {
            channel = made;
        }
        if (closed || channel != made) {
            made.close();
        }
        return channel;
    }
}
