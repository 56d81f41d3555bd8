package org.pekkochannels.guests;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.settings.Settings;

/** A user's own layer, which throws for groups that are named after what it is to throw. */
public final class PlantedLayer extends ForwardingLayer {
    private static final String PLANTED = "planted-";

    /** As every layer is made. */
    public PlantedLayer(ExtendedActorSystem system, Settings settings) {
        super(100);
    }

    static String group(Planted planted) {
        return PLANTED + planted;
    }

    private static void raise(String group) {
        if (group.startsWith(PLANTED)) {
            Planted.valueOf(group.substring(PLANTED.length())).raise();
        }
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        raise(group.value());
        return super.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        raise(group.value());
        return super.groupDiscard(group, channel);
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        raise(group.value());
        return super.groupSend(group, event);
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        raise(group.value());
        return super.groupSendExcept(group, excluded, event);
    }
}
