package org.pekkochannels.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;

/**
 * A consumer's channel, opened on first use, and with it its group memberships, all given up at once.
 *
 * <p>Thread-safe: a synchronous callback may join a group while the actor learns that the peer has left.
 */
final class Membership {
    private final ChannelLayer layer;
    private final AfterCommit afterCommit;
    private final ConsumerCounts counts;
    private final int maxGroups;
    private final java.util.function.Consumer<Event> receiver;
    private @Nullable Channel channel;
    // Joins that are under way, of which the channel need not know yet.
    private int joining;
    private boolean closed;

    Membership(
            ChannelLayer layer,
            AfterCommit afterCommit,
            ConsumerCounts counts,
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

    /** After the end, too: then it is the name of a channel that is closed, and nothing is kept for it. */
    synchronized String channelName() {
        return open().name();
    }

    /** Adds the channel, unless it is in as many groups as it may be; a connection that has ended joins nothing. */
    synchronized CompletionStage<Done> join(GroupName group) {
        if (closed) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        Channel own = open();
        if (own.groups() + joining >= maxGroups && !own.isMember(group.value())) {
            counts.groupRefused();
            return CompletableFuture.failedFuture(new TooManyGroupsException(group.value(), maxGroups));
        }
        return counted(layer.groupAdd(group.value(), own));
    }

    /** Removes the channel; a connection that has ended has left already. */
    synchronized CompletionStage<Done> leave(GroupName group) {
        return closed
                ? CompletableFuture.completedFuture(Done.getInstance())
                : layer.groupDiscard(group.value(), open());
    }

    /** Whether a received event is still to be handled; frees its place in the channel. */
    synchronized boolean take(Event event) {
        return channel != null && channel.take(event) && !closed;
    }

    synchronized void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    private CompletionStage<Done> counted(CompletionStage<Done> join) {
        if (!join.toCompletableFuture().isDone()) {
            joining++;
            join.whenComplete((done, failure) -> joined());
        }
        return join;
    }

    private synchronized void joined() {
        joining--;
    }

    private Channel open() {
        if (channel == null) {
            channel = layer.newChannel(receiver);
            if (closed) {
                channel.close();
            }
        }
        return channel;
    }
}
