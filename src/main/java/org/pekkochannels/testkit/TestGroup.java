package org.pekkochannels.testkit;

import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;

/** A group of the application under test, as another part of the application would use it. Thread-safe. */
public final class TestGroup {
    private final GroupName name;
    private final ActorSystem<?> system;

    TestGroup(GroupName name, ActorSystem<?> system) {
        this.name = name;
        this.system = system;
    }

    /**
     * Sends an event to all members, and waits until the layer has accepted it.
     *
     * @param type the event's type, for example {@code chat.message}
     * @param payload its payload, which Jackson can write
     */
    public void send(String type, Object payload) {
        try {
            layer().groupSend(name, Event.of(system, type, payload))
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError("the layer has not accepted the event of type " + type, e.getCause());
        }
    }

    /**
     * The number of members on this node.
     *
     * @return the number of channels
     */
    public int size() {
        return layer().localSize(name);
    }

    private ChannelLayer layer() {
        return ChannelLayer.get(system);
    }
}
