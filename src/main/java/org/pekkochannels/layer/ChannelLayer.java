package org.pekkochannels.layer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Carries events between channels and groups, at most once.
 *
 * <ul>
 *   <li>Delivery: each event reaches each receiver once or not at all; there are no duplicates.
 *   <li>Order: the events of one sender reach one channel in the order in which they were sent: by one thread, or each when the
 *       stage of the one before had completed.
 *   <li>Bounds: at most {@link #capacity} events wait in a channel, each no longer than {@link #expiry} from its arrival
 *       at the receiver's node, by that node's clock. What one channel leaves unread never affects another. An event loop
 *       (channels.edge = netty) has others deliver what it sends to a large group, and what it sends until they have; at
 *       most 10000 events wait for them, and one more is dropped and counted as if its channel were full.
 *   <li>Membership lasts until {@link #groupDiscard} or {@link Channel#close}; it does not expire. When the stage of
 *       {@link #groupAdd} has completed, an event that is then sent to the group reaches the channel.
 *   <li>Names: a group's is 1-99 of {@code [A-Za-z0-9._-]}, a channel's may have one {@code !} more. A bad name is thrown
 *       as {@link IllegalArgumentException}; every other failure is the stage's.
 * </ul>
 *
 * <p>Thread-safe. No method blocks: asynchronous consumers call them on their turn, which is on an event loop with {@code
 * channels.edge = netty}. A layer that keeps connections closes them in the coordinated shutdown of its actor system.
 */
public interface ChannelLayer {
    /**
     * The layer that {@code channels.layer} configures, one for each actor system.
     *
     * @param system a typed or classic actor system
     * @return its layer; fails with a {@code ConfigException} naming the key when the configuration is bad
     */
    static ChannelLayer get(ClassicActorSystemProvider system) {
        return ConfiguredLayer.ID.get(system).layer();
    }

    /**
     * A layer of its own within this process, without configuration, as tests like it.
     *
     * @param capacity the most events that may wait in one channel
     * @param expiry how long an event may wait, more than nothing and at most 24 hours
     * @return the layer
     */
    static ChannelLayer inMemory(int capacity, Duration expiry) {
        return new InMemoryLayer(new LocalChannels(capacity, expiry));
    }

    /**
     * Opens a channel of this node under a new, unique name of the form {@code specific.<node>!<random>}.
     *
     * @param receiver given each event on the sender's thread, so it must neither block nor fail: it passes the event on,
     *     and whoever handles it calls {@link Channel#take} first
     * @return the channel, to be closed by its owner
     */
    Channel newChannel(Consumer<Event> receiver);

    /**
     * Sends an event to one channel.
     *
     * @param channel the channel's name; an event for a channel that does not exist is dropped and counted
     * @param event the event
     * @return completes when the event is on its way, so that what anybody then sends comes after it; fails with
     *     {@link ChannelFullException} when the channel is known to be full, or when the event was dropped on its way
     */
    CompletionStage<Done> send(String channel, Event event);

    /**
     * Sends a payload to one channel, as {@link #send(String, Event)} does.
     *
     * @param channel the channel's name
     * @param type the event's type
     * @param payload what Jackson can write
     * @return as there; fails with {@link UnencodablePayloadException} too
     */
    default CompletionStage<Done> send(String channel, String type, Object payload) {
        try {
            return send(channel, Event.of(type, payload));
        } catch (UnencodablePayloadException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Makes a channel a member of a group; one that is a member already stays one, one that is closed joins nothing.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when events for the group reach the channel
     */
    CompletionStage<Done> groupAdd(String group, Channel channel);

    /**
     * Ends a membership, if there is one.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when later events for the group no longer reach the channel
     */
    CompletionStage<Done> groupDiscard(String group, Channel channel);

    /**
     * Sends an event to all members of a group; for those that are full it is dropped and counted.
     *
     * @param group the group's name; a group without members is no error
     * @param event the event
     * @return completes when the event is on its way to every member, so that what anybody then sends comes after it; never
     *     waiting for a member
     */
    CompletionStage<Done> groupSend(String group, Event event);

    /**
     * Sends a payload to all members of a group, as {@link #groupSend(String, Event)} does.
     *
     * @param group the group's name
     * @param type the event's type
     * @param payload what Jackson can write
     * @return as there; fails with {@link UnencodablePayloadException} when the payload cannot be written
     */
    default CompletionStage<Done> groupSend(String group, String type, Object payload) {
        try {
            return groupSend(group, Event.of(type, payload));
        } catch (UnencodablePayloadException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * How many events may wait in one channel.
     *
     * @return the number
     */
    int capacity();

    /**
     * How long an event may wait in a channel.
     *
     * @return the time
     */
    Duration expiry();

    /**
     * What this node has now and has done so far.
     *
     * @return the numbers, each correct by itself; they are not of one instant
     */
    LayerStats stats();
}
