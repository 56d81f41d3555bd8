package org.pekkochannels.consumer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/**
 * A consumer's channel, opened on first use, and with it its group memberships, all given up at once.
 *
 * <p>Thread-safe: a synchronous callback may join a group while the actor learns that the peer has left.
 */
final class Membership {
    private final ChannelLayer layer;
    private final AfterCommit afterCommit;
    private final java.util.function.Consumer<Event> receiver;
    private @Nullable Channel channel;
    private boolean closed;

    Membership(ChannelLayer layer, AfterCommit afterCommit, java.util.function.Consumer<Event> receiver) {
        this.layer = layer;
        this.afterCommit = afterCommit;
        this.receiver = receiver;
    }

    ChannelLayer layer() {
        return layer;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }

    synchronized String channelName() {
        return open().name();
    }

    /** Adds or removes the channel; a connection that has ended neither joins nor leaves anything. */
    synchronized CompletionStage<Done> change(Function<Channel, CompletionStage<Done>> change) {
        return closed ? CompletableFuture.completedFuture(Done.getInstance()) : change.apply(open());
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

    private Channel open() {
        if (channel == null) {
            channel = layer.newChannel(receiver);
        }
        return channel;
    }
}
