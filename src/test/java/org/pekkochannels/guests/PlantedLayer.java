package org.pekkochannels.guests;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.settings.Settings;

/** A user's own layer, which throws for groups that are named after what it is to throw. */
public final class PlantedLayer implements ChannelLayer {
    private static final String PLANTED = "planted-";

    private final ChannelLayer inner = ChannelLayer.inMemory(100, Duration.ofSeconds(1));

    /** As every layer is made. */
    public PlantedLayer(ExtendedActorSystem system, Settings settings) {}

    static String group(Planted planted) {
        return PLANTED + planted;
    }

    private static void raise(String group) {
        if (group.startsWith(PLANTED)) {
            Planted.valueOf(group.substring(PLANTED.length())).raise();
        }
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
    public CompletionStage<Done> groupAdd(String group, Channel channel) {
        raise(group);
        return inner.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Done> groupDiscard(String group, Channel channel) {
        raise(group);
        return inner.groupDiscard(group, channel);
    }

    @Override
    public CompletionStage<Done> groupSend(String group, Event event) {
        raise(group);
        return inner.groupSend(group, event);
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
