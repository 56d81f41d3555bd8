package org.pekkochannels.layer;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;

/** A layer as a user may write one: over another layer. */
public abstract class ForwardingLayer implements ChannelLayer {
    private final ChannelLayer inner;

    /** Over a new layer in memory. */
    protected ForwardingLayer(int capacity) {
        this(ChannelLayer.inMemory(capacity, Duration.ofSeconds(1)));
    }

    /** Over another layer. */
    protected ForwardingLayer(ChannelLayer inner) {
        this.inner = inner;
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return inner.newChannel(receiver);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        return inner.send(channel, event);
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        return inner.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        return inner.groupDiscard(group, channel);
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        return inner.groupSend(group, event);
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        return inner.groupSendExcept(group, excluded, event);
    }

    @Override
    public int localSize(GroupName group) {
        return inner.localSize(group);
    }

    @Override
    public int capacity() {
        return inner.capacity();
    }

    @Override
    public Duration expiry() {
        return inner.expiry();
    }

    @Override
    public LayerStats stats() {
        return inner.stats();
    }
}
