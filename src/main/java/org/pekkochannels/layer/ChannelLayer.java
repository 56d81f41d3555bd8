package org.pekkochannels.layer;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Carries events between channels and groups, at most once.
 *
 * <ul>
 * <li>Delivery: each event reaches each receiver once or not at all; there are no duplicates.
 * <li>Order: the events of one sender reach one channel in the order in which they were sent. A sender is one thread, or code that sends
 * each event after the stage of the previous one has completed.
 * <li>Bounds: at most {@link #capacity} events wait in a channel, with at most {@code channels.layer.capacity-bytes} of payloads, each no
 * longer than {@link #expiry} from its arrival at the receiver's node, by that node's clock. Unread events of one channel never affect another. An event loop (channels.edge = netty) hands its sends to a
 * large group to another thread, and all further sends until those are delivered. At most 10000 events wait there; further events are
 * dropped and counted as if their channel were full.
 * <li>Membership lasts until {@link #groupDiscard} or {@link Channel#close}; it does not expire. When the stage of {@link #groupAdd} has
 * completed, an event sent to the group afterwards reaches the channel.
 * <li>Names: a group's name is 1-99 of {@code [A-Za-z0-9._-]}; a channel's name may also contain one {@code !}. A bad name throws
 * {@link IllegalArgumentException}; every other failure fails the stage.
 * </ul>
 *
 * <p>Thread-safe. No method blocks: asynchronous consumers call them on their turn, which runs on an event loop with
 * {@code channels.edge = netty}. A layer that keeps connections closes them in the coordinated shutdown of its actor system.
 */
public interface ChannelLayer {
    /** The most bytes of an event's payload by default: 1 MiB, as {@code channels.layer.max-event}. */
    int DEFAULT_MAX_EVENT = 1 << 20;

    /**
     * The layer that {@code channels.layer} configures, one per actor system.
     *
     * @param system a typed or classic actor system
     * @return its layer; fails with a {@code ConfigException} naming the key if the configuration is invalid
     */
    static ChannelLayer get(ClassicActorSystemProvider system) {
        return ConfiguredLayer.ID.get(system).layer();
    }

    /**
     * A separate layer within this process, without configuration, for example for tests.
     *
     * @param capacity the most events that may wait in one channel
     * @param expiry how long an event may wait, longer than zero and at most 24 hours
     * @return the layer
     */
    static ChannelLayer inMemory(int capacity, Duration expiry) {
        return new InMemoryLayer(new LocalChannels(capacity, expiry));
    }

    /**
     * Opens a channel of this node under a new, unique name of the form {@code specific.<node>!<random>}.
     *
     * @param receiver receives each event on the sender's thread, so it must neither block nor fail: it passes the event on, and the code
     *     that handles the event calls {@link Channel#take} first
     * @return the channel, to be closed by its owner
     */
    Channel newChannel(Consumer<Event> receiver);

    /**
     * Opens a channel of this node under a chosen name, for a worker. Several channels, on one node or on several, may have the same name:
     * an event that is sent to it reaches at most one of them, in turn, and never two.
     *
     * <p>Such a channel cannot join groups. By default not supported, because a layer between nodes must know the names of each.
     *
     * @param name 1-99 of {@code [A-Za-z0-9._-]}
     * @param receiver receives each event, as of {@link #newChannel(Consumer)}
     * @return the channel, to be closed by its owner
     * @throws UnsupportedOperationException if the layer supports generated names only
     */
    default Channel newChannel(String name, Consumer<Event> receiver) {
        throw new UnsupportedOperationException(getClass().getName()
                + " does not support channels with a chosen name, such as '" + name
                + "', which workers need; override newChannel(String, Consumer)");
    }

    /**
     * An event for this layer, encoded with the mapper of its actor system. A layer that has an actor system overrides it with
     * {@link Event#of(org.apache.pekko.actor.ClassicActorSystemProvider, String, Object)}; by default the default mapper is used.
     *
     * @param type the event's type
     * @param payload any value that Jackson can write; it is encoded now
     * @return the event; fails with {@link UnencodablePayloadException} if the payload cannot be written
     */
    default Event event(String type, Object payload) {
        return Event.of(type, payload);
    }

    /**
     * Sends an event to one channel. If several channels have the name because their owners chose it, one that is not full receives it.
     *
     * @param channel the channel's name; an event for a channel that does not exist is dropped and counted
     * @param event the event
     * @return completes when the event's place in the order is fixed, so that events sent afterwards, by any sender, arrive after it; fails
     *     with {@link ChannelFullException} if the channel is known to be full or the event was dropped on the way, and with
     *     {@link NoWorkerException} if the name has no {@code !} and no channel is known to have it
     */
    CompletionStage<Done> send(String channel, Event event);

    /**
     * Sends a payload to one channel, like {@link #send(String, Event)}.
     *
     * @param channel the channel's name
     * @param type the event's type
     * @param payload any value that Jackson can write
     * @return a stage as of {@link #send(String, Event)}; also fails with {@link UnencodablePayloadException}
     */
    default CompletionStage<Done> send(String channel, String type, Object payload) {
        try {
            return send(channel, event(type, payload));
        } catch (UnencodablePayloadException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Makes a channel a member of a group. Has no effect if it is a member already, or closed.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when events for the group reach the channel
     */
    CompletionStage<Done> groupAdd(GroupName group, Channel channel);

    /**
     * Makes a channel a member of a group, like {@link #groupAdd(GroupName, Channel)}.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when events for the group reach the channel
     */
    default CompletionStage<Done> groupAdd(String group, Channel channel) {
        return groupAdd(new GroupName(group), channel);
    }

    /**
     * Makes a channel a member of a group, and delivers the events that it missed since a position: all of them, before later ones, or none.
     *
     * <p>A channel that is a member already joins again: events of the group that it has not taken yet are dropped and counted, because the
     * replayed events, or the state that its receiver loads, cover them. What is replayed does not count against {@link #capacity}.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @param since the position of the last event that the receiver has, as its client presented it; {@link Position#NONE} for a first join.
     *     A position that is unknown, expired, or of another group or layer recovers nothing, and does not fail
     * @return completes when it is decided, and when later events for the group reach the channel. A group without history, and a layer
     *     without {@link Feature#HISTORY}, recovers nothing
     */
    default CompletionStage<Joined> groupAdd(GroupName group, Channel channel, Position since) {
        return groupAdd(group, channel).thenApply(done -> new Joined(Position.NONE, false));
    }

    /**
     * Whether the layer keeps the newest events of a group, as {@code channels.layer.history} configures.
     *
     * @param group the group's name
     * @return whether its events have positions
     */
    default boolean keepsHistory(GroupName group) {
        return false;
    }

    /**
     * The position of the newest event of a group. Read it before the state that belongs to it: a channel that joins with it then receives
     * every event after that state, perhaps with some that the state contains.
     *
     * @param group the group's name
     * @return the position, or {@link Position#NONE} for a group without history
     */
    default CompletionStage<Position> position(GroupName group) {
        return CompletableFuture.completedFuture(Position.NONE);
    }

    /**
     * The newest events of a group.
     *
     * @param group the group's name
     * @param limit the most events, at least 1
     * @return the events with their positions, oldest first; none for a group without history
     */
    default CompletionStage<List<Event>> history(GroupName group, int limit) {
        return CompletableFuture.completedFuture(List.of());
    }

    /**
     * Adds a listener for events that were lost on the way to this node and cannot be replayed. Their groups' members find
     * the gap among their events; this listener is for other code, such as a cache.
     *
     * @param listener called on a thread of the layer, which it must not block; what it throws is logged
     * @return removes the listener
     */
    default AutoCloseable onGap(Consumer<Gap> listener) {
        return () -> {};
    }

    /**
     * Whether the layer reaches the other nodes. The start of a server waits for it.
     *
     * @return completes when events sent from now on, by any node, arrive; at once by default. Fails with {@link LayerUnavailableException}, which
     *     names what is missing
     */
    default CompletionStage<Done> started() {
        return CompletableFuture.completedFuture(Done.done());
    }

    /**
     * Whether the layer reaches the other nodes now. {@code /ready} answers 503 while it does not, so that new clients go to other nodes. Must
     * not block.
     *
     * @return completes if all is well, which is the default; otherwise fails, with a message for the log
     */
    default CompletionStage<Done> ready() {
        return CompletableFuture.completedFuture(Done.done());
    }

    /**
     * What this layer can do.
     *
     * @return the features, the same at every call
     */
    default Set<Feature> features() {
        return Set.of();
    }

    /**
     * The most bytes of an event's payload. The stage of a larger one fails with {@link EventTooLargeException}.
     *
     * @return the number of bytes
     */
    default int maxEvent() {
        return DEFAULT_MAX_EVENT;
    }

    /**
     * Ends a membership, if there is one.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when later events for the group no longer reach the channel
     */
    CompletionStage<Done> groupDiscard(GroupName group, Channel channel);

    /**
     * Ends a membership, like {@link #groupDiscard(GroupName, Channel)}.
     *
     * @param group the group's name
     * @param channel a channel of this layer
     * @return completes when later events for the group no longer reach the channel
     */
    default CompletionStage<Done> groupDiscard(String group, Channel channel) {
        return groupDiscard(new GroupName(group), channel);
    }

    /**
     * Sends an event to all members of a group. Members that are full miss it; each miss is counted.
     *
     * @param group the group's name; a group may have no members
     * @param event the event
     * @return completes when the event's place in the order is fixed for every member, so that events sent afterwards, by any sender,
     *     arrive after it; never waits for a member
     */
    CompletionStage<Done> groupSend(GroupName group, Event event);

    /**
     * Sends an event to all members of a group but one, such as the sender. Otherwise like {@link #groupSend(GroupName, Event)}.
     *
     * @param group the group's name
     * @param excluded the name of the channel that does not receive the event; of no effect unless it is a member, on whatever node
     * @param event the event
     * @return a stage as of {@link #groupSend(GroupName, Event)}
     */
    CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event);

    /**
     * Sends an event to all members of a group, like {@link #groupSend(GroupName, Event)}.
     *
     * @param group the group's name
     * @param event the event
     * @return a stage as of {@link #groupSend(GroupName, Event)}
     */
    default CompletionStage<Done> groupSend(String group, Event event) {
        return groupSend(new GroupName(group), event);
    }

    /**
     * Sends a payload to all members of a group, like {@link #groupSend(GroupName, Event)}.
     *
     * @param group the group's name
     * @param type the event's type
     * @param payload any value that Jackson can write
     * @return a stage as of {@link #groupSend(GroupName, Event)}; fails with {@link UnencodablePayloadException} if the payload cannot be
     *     written
     */
    default CompletionStage<Done> groupSend(GroupName group, String type, Object payload) {
        try {
            return groupSend(group, event(type, payload));
        } catch (UnencodablePayloadException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Sends a payload to all members of a group, like {@link #groupSend(GroupName, String, Object)}.
     *
     * @param group the group's name
     * @param type the event's type
     * @param payload any value that Jackson can write
     * @return a stage as of {@link #groupSend(GroupName, String, Object)}
     */
    default CompletionStage<Done> groupSend(String group, String type, Object payload) {
        return groupSend(new GroupName(group), type, payload);
    }

    /**
     * The current number of a group's members on this node. Members of other nodes are not included.
     *
     * @param group the group's name
     * @return the number, which may have changed when the caller reads it
     */
    int localSize(GroupName group);

    /**
     * The current number of a group's members on this node, like {@link #localSize(GroupName)}.
     *
     * @param group the group's name
     * @return the number
     */
    default int localSize(String group) {
        return localSize(new GroupName(group));
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
     * The presence of the layer. A layer that keeps its channels in {@link LocalChannels} overrides it with that one's, and adds
     * {@link Feature#PRESENCE} to its {@link #features}.
     *
     * @return the presence; fails with {@link UnsupportedOperationException} if the layer has none, which is the default
     */
    default Presence presence() {
        throw new UnsupportedOperationException(
                getClass().getName() + " has no presence; use a layer that overrides presence(), such as in-memory");
    }

    /**
     * The current and accumulated numbers of this node.
     *
     * @return the numbers, each correct by itself; they are not an atomic snapshot
     */
    LayerStats stats();
}
