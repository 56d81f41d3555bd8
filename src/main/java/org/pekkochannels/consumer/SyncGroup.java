package org.pekkochannels.consumer;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;

/**
 * A group as one synchronous consumer sees it; used inside the consumer's callbacks.
 *
 * <p>Membership ends with the connection, without any doing of the consumer's.
 */
public final class SyncGroup {
    private final GroupName name;
    private final SyncWebSocketConsumer consumer;
    private final Membership membership;

    SyncGroup(GroupName name, SyncWebSocketConsumer consumer, Membership membership) {
        this.name = name;
        this.consumer = consumer;
        this.membership = membership;
    }

    /**
     * The group's name.
     *
     * @return the name
     */
    public GroupName name() {
        return name;
    }

    /**
     * Adds the consumer to the group, at once; once more changes nothing. Waits for the layer.
     *
     * @throws TooManyGroupsException where the consumer is in {@code channels.consumer.max-groups} groups
     */
    public void add() {
        consumer.calls().running();
        await(membership.join(name));
    }

    /** Removes the consumer from the group, at once. Waits for the layer. */
    public void discard() {
        consumer.calls().running();
        await(membership.leave(name));
    }

    /**
     * Sends an event to every member when the callback has returned, and the transaction in which this was called, if it was
     * in one, has committed; the consumer too if it is one.
     *
     * @param type the event's type, which members have a handler {@code on(type, ..)} for
     * @param payload what Jackson encodes as JSON, here and now; one that cannot be encoded fails the callback
     * @throws TooMuchOutputException when too much is kept already
     */
    public void send(String type, Object payload) {
        consumer.calls().later(new Effects.GroupSend(membership.layer(), name, Event.of(type, payload)));
    }

    /** Waits, and lets a failure be what it was. */
    private static void await(CompletionStage<Done> stage) {
        try {
            stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
