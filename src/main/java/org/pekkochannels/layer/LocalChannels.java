package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Origins;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;

/**
 * The channels and groups of one node: the part that all channel layers share.
 *
 * <p>A layer between nodes transfers an event, as bytes, to each node that may have members and calls {@link #deliver} or
 * {@link #deliverToGroup} there. Events are stamped on arrival, so the clock of another node cannot make them expire. Thread-safe;
 * receivers are called on the caller's thread without a lock held.
 */
public final class LocalChannels {
    private final ConcurrentMap<String, Channel> channels = new ConcurrentHashMap<>();
    private final NamedChannels named = new NamedChannels();
    private final GroupTable groups = new GroupTable();
    private final LayerCounters tally = new LayerCounters();
    private final String node = GeneratedNames.random();
    private final ChannelBounds bounds;
    private final long expiryNanos;
    private final Ticker ticker;
    private final SystemJson json;
    private final DropLog drops;
    private final Origins origins;
    private final LocalPresence presence;
    private final GapListeners listeners = new GapListeners(tally.listenerFailures);
    private volatile HistoryHook histories = HistoryHook.NONE;

    /**
     * Starts without channels and groups.
     *
     * @param capacity the most events that may wait in one channel, at least 1
     * @param expiry how long an event may wait, longer than zero and at most 24 hours
     */
    public LocalChannels(int capacity, Duration expiry) {
        this(new ChannelBounds(capacity, expiry), Ticker.SYSTEM);
    }

    /**
     * Starts without channels and groups, for receivers of an actor system, whose mapper decodes their events.
     *
     * @param system the actor system
     * @param bounds the bounds of each channel
     */
    public LocalChannels(ClassicActorSystemProvider system, ChannelBounds bounds) {
        this(
                SystemJson.of(system),
                bounds,
                TimeSource.of(system).ticker(),
                PresenceSettings.of(system.classicSystem().settings().config()),
                PresenceTicks.Scheduling.of(system.classicSystem()),
                Origins.of(system));
    }

    /**
     * Starts without channels and groups, for receivers of an actor system, whose mapper decodes their events.
     *
     * @param system the actor system
     * @param capacity the most events that may wait in one channel, at least 1
     * @param expiry how long an event may wait, longer than zero and at most 24 hours
     */
    public LocalChannels(ClassicActorSystemProvider system, int capacity, Duration expiry) {
        this(system, new ChannelBounds(capacity, expiry));
    }

    /**
     * Starts without channels and groups, with a clock of the caller, so that tests of a layer can let time pass.
     *
     * @param capacity the most events that may wait in one channel, at least 1
     * @param expiry how long an event may wait, longer than zero and at most 24 hours
     * @param nanoTime nanoseconds since an arbitrary time; read on the threads that deliver and take events
     */
    public LocalChannels(int capacity, Duration expiry, LongSupplier nanoTime) {
        this(new ChannelBounds(capacity, expiry), requireNonNull(nanoTime, "the clock must not be null")::getAsLong);
    }

    LocalChannels(ChannelBounds bounds, Ticker ticker) {
        this(
                SystemJson.standard(),
                bounds,
                ticker,
                PresenceSettings.DEFAULT,
                PresenceTicks.Scheduling.ofJvm(),
                Origins.NONE);
    }

    LocalChannels(
            int capacity,
            Duration expiry,
            Ticker ticker,
            PresenceSettings presence,
            PresenceTicks.Scheduling scheduling) {
        this(SystemJson.standard(), new ChannelBounds(capacity, expiry), ticker, presence, scheduling, Origins.NONE);
    }

    private LocalChannels(
            SystemJson json,
            ChannelBounds bounds,
            Ticker ticker,
            PresenceSettings presence,
            PresenceTicks.Scheduling scheduling,
            Origins origins) {
        this.bounds = bounds;
        this.origins = origins;
        this.expiryNanos = bounds.expiry().toNanos();
        this.ticker = ticker;
        this.json = json;
        this.drops = new DropLog(ticker.read());
        this.presence = new LocalPresence(this, node, presence, scheduling);
    }

    /** Called once, before the first channel opens. */
    void keep(HistoryHook kept) {
        histories = kept;
    }

    /**
     * The layer of these channels alone, without history. A layer between nodes delivers with it on its own node, in the order in which the
     * in-memory layer does, and transfers to the other nodes itself.
     *
     * @param maxEvent the most bytes of an event's payload
     * @return the layer; called once, before the first channel opens
     */
    public ChannelLayer layer(int maxEvent) {
        return new InMemoryLayer(this, new HistoryStore(List.of(), 0, this), maxEvent);
    }

    /**
     * Opens a channel, see {@link ChannelLayer#newChannel}.
     *
     * @param receiver receives each event, on the caller's thread
     * @return the channel
     */
    public Channel open(Consumer<Event> receiver) {
        Channel channel = new Channel(GeneratedNames.ofChannel(node), this, receiver);
        return channels.putIfAbsent(channel.name(), channel) == null ? channel : open(receiver);
    }

    /**
     * Opens a channel under a chosen name, see {@link ChannelLayer#newChannel(String, Consumer)}.
     *
     * @param name 1-99 of {@code [A-Za-z0-9._-]}
     * @param receiver receives each event, on the caller's thread
     * @return the channel
     */
    public Channel open(String name, Consumer<Event> receiver) {
        Names.checkNamed(name);
        Channel channel = new Channel(name, this, receiver);
        named.add(channel);
        return channel;
    }

    /**
     * The chosen names of channels that are open on this node; for channel layers between nodes.
     *
     * @return the current names, sorted
     */
    public Set<String> names() {
        return named.names();
    }

    /**
     * Sets the listener for changes of {@link #names}; for channel layers between nodes. A later call replaces it.
     *
     * @param listener called after a name was added or removed, on the thread that opened or closed the channel; must neither block nor
     *     throw
     */
    public void onNamesChanged(Runnable listener) {
        named.listener(requireNonNull(listener, "the listener for names of channels must not be null"));
    }

    /**
     * The name of this node, which the names of its channels contain: {@code specific.<node>!<random>}.
     *
     * @return the name, random and unique
     */
    public String node() {
        return node;
    }

    /**
     * The node of a channel, so that a layer can send an event for one channel to that node only.
     *
     * @param channel the channel's name; fails with {@link IllegalArgumentException} unless it is valid
     * @return the node's name; empty if the channel's name is not of the form {@code specific.<node>!<random>}
     */
    public static Optional<String> nodeOf(String channel) {
        return GeneratedNames.nodeOf(channel);
    }

    /**
     * Makes a channel a member of a group; has no effect if the channel is closed.
     *
     * @param group the group's name
     * @param channel one of these channels, with a generated name
     */
    public void join(GroupName group, Channel channel) {
        check(channel);
        channel.join(group.value());
    }

    /**
     * Ends a membership, if there is one.
     *
     * @param group the group's name
     * @param channel one of these channels
     */
    public void leave(GroupName group, Channel channel) {
        check(channel);
        channel.leave(group.value());
    }

    /**
     * Delivers an event to one channel; if the channel does not exist the event is dropped and counted.
     *
     * <p>Of the channels that were opened under the same chosen name, one receives the event: the next one in turn that is not full.
     *
     * @param name the channel's name
     * @param event the event
     * @return the failure to report: {@link ChannelFullException} if the channel is full, {@link NoWorkerException} if no channel has the
     *     chosen name; otherwise empty
     */
    public Optional<RuntimeException> deliver(String name, Event event) {
        Names.checkChannel(name);
        StackRoom.require();
        tally.sent.increment();
        tally.arrived.increment();
        if (Names.isChosen(name)) {
            return failure(name, counted(name, named.offer(name, stamped(null, event))));
        }
        Channel channel = channels.get(name);
        if (channel == null) {
            tally.unknown.increment();
            return Optional.empty();
        }
        boolean full = offer(channel, stamped(null, event)) == Channel.Offer.FULL;
        return full ? Optional.of(ChannelFullException.of(name, bounds)) : Optional.empty();
    }

    private Optional<RuntimeException> failure(String name, Channel.Offer offer) {
        return switch (offer) {
            case FULL -> Optional.of(ChannelFullException.of(name, bounds));
            case CLOSED -> Optional.of(new NoWorkerException(name));
            case ACCEPTED, FAILED -> Optional.empty();
        };
    }

    /**
     * Delivers an event to all members of a group. Members that are full miss it; each miss is counted.
     *
     * @param group the group's name
     * @param event the event
     */
    public void deliverToGroup(GroupName group, Event event) {
        delivery(group, null, event).run();
    }

    /**
     * Delivers an event to all members of a group but one, like {@link #deliverToGroup}.
     *
     * @param group the group's name
     * @param excluded the name of the channel that does not receive it; of no effect unless it is a member on this node
     * @param event the event
     */
    public void deliverToGroupExcept(GroupName group, String excluded, Event event) {
        delivery(group, excluded, event).run();
    }

    /**
     * Prepares the delivery of an event to a group, for layers that deliver on another thread.
     *
     * @param group the group's name
     * @param excluded the name of the channel that does not receive it; null if all do
     * @param event the event
     * @return a task, to be run once, that delivers it to the current members; those that join before it runs do not receive it
     */
    public Runnable delivery(GroupName group, @Nullable String excluded, Event event) {
        Channel except = excluded(excluded);
        StackRoom.require(); // a stack overflow halfway would reach some members and not others
        tally.sent.increment();
        Channel[] receivers = groups.members(group);
        Event arrived = stamped(group, event);
        return () -> {
            int offers = 0;
            for (Channel channel : receivers) {
                if (channel != except) {
                    offer(channel, arrived);
                    offers++;
                }
            }
            tally.arrived.add(offers);
        };
    }

    /**
     * Delivers an event with a position to the group's members, all but those that have a gap in the group: an event after a gap would move
     * their client's position over it. The caller keeps the group's other events away meanwhile.
     *
     * @param before the position before the event
     */
    void deliverKept(GroupName group, @Nullable String excluded, Event event, Position before) {
        Channel except = excluded(excluded);
        tally.sent.increment();
        int offers = 0;
        for (Channel channel : groups.members(group)) {
            if (channel != except) {
                offerKept(group, channel, event, before);
                offers++;
            }
        }
        tally.arrived.add(offers);
    }

    private void offerKept(GroupName group, Channel channel, Event event, Position before) {
        if (channel.hasGap(group)) {
            full(1, "channel", channel.name(), capacity());
        } else if (offer(channel, event) == Channel.Offer.FULL) {
            channel.startGap(group, before);
        }
    }

    /** Replays events to a channel. */
    void replay(Channel channel, List<Event> missed) {
        long now = ticker.read();
        arrivedAgain(missed.size());
        missed.forEach(event -> channel.replay(event.replayed(now)));
    }

    /** Makes a channel a member, perhaps again, and replays what it missed. */
    void rejoin(GroupName group, Channel channel, List<Event> missed) {
        check(channel);
        channel.rejoin(group);
        replay(channel, missed);
    }

    private void arrivedAgain(int events) {
        tally.arrived.add(events);
        tally.refilled.add(events);
    }

    /**
     * Marks a gap for the members of groups; for layers that have lost events on the way to this node.
     *
     * <p>Each member finds a mark among its events ({@link Event#gap}), and the listeners of {@link #onGap} are called, on this thread. The
     * marks take no slots.
     *
     * @param gap which events are missing
     * @param lost how many, as far as is known
     */
    public void missed(Gap gap, long lost) {
        tally.lost.add(lost);
        drops.lost(gap, lost);
        channels.values().forEach(channel -> channel.startGaps(gap));
        listeners.tell(gap);
    }

    /**
     * Adds a listener for the gaps of this node.
     *
     * @param listener called on the layer's thread, which it must not block
     * @return removes the listener
     */
    public AutoCloseable onGap(Consumer<Gap> listener) {
        return listeners.add(listener);
    }

    /** The excluded channel if it is one of this node. */
    private @Nullable Channel excluded(@Nullable String name) {
        if (name == null) {
            return null;
        }
        Names.checkChannel(name);
        return channels.get(name);
    }

    /** Counts an event for one channel that is dropped because too many of its sender's events are not delivered yet. */
    ChannelFullException drop(String name, int most) {
        tally.sent.increment();
        tally.arrived.increment();
        full(1, "channel", name, most);
        return ChannelFullException.onTheWay(name, most);
    }

    /** Counts an event for a group that is dropped because too many of its sender's events are not delivered yet. */
    void dropForGroup(GroupName group, @Nullable String excluded, int most) {
        Channel except = excluded(excluded);
        tally.sent.increment();
        int missing = members(group) - (except != null && except.isMember(group.value()) ? 1 : 0);
        tally.arrived.add(missing);
        full(missing, "group", group.value(), most);
    }

    /**
     * The current number of a group's members among these channels.
     *
     * @param group the group's name
     * @return the number
     */
    public int members(GroupName group) {
        return groups.members(group).length;
    }

    /**
     * Whether a channel of this node is a member of a group.
     *
     * @param group the group's name
     * @param channel the channel's name
     * @return false also if the channel is not one of this node
     */
    public boolean isMember(GroupName group, String channel) {
        Channel member = channels.get(channel);
        return member != null && member.isMember(group.value());
    }

    /**
     * Whether a channel is a member of both of two groups; takes time for each member of the first one.
     *
     * @param group the name of the smaller group
     * @param other the name of the other group
     * @return whether there is one
     */
    public boolean haveCommonMember(GroupName group, GroupName other) {
        return Stream.of(groups.members(group)).anyMatch(channel -> channel.isMember(other.value()));
    }

    /**
     * How many events may wait in one channel.
     *
     * @return the number
     */
    public int capacity() {
        return bounds.capacity();
    }

    /**
     * How many bytes of payloads may wait in one channel.
     *
     * @return the number
     */
    public int capacityBytes() {
        return bounds.capacityBytes();
    }

    /**
     * How long an event may wait in a channel.
     *
     * @return the time
     */
    public Duration expiry() {
        return bounds.expiry();
    }

    /**
     * The current numbers and the counters.
     *
     * @return the numbers
     */
    public LayerStats stats() {
        return tally.with(channels.size() + named.size(), groups.size(), groups.memberships());
    }

    /** The members of all groups, and the presence entries of open channels. */
    Origins origins() {
        return origins;
    }

    LayerContents contents() {
        return new LayerContents(groups.names(), presence.keys(), named.names());
    }

    /**
     * The presence of these channels.
     *
     * @return always the same
     */
    public Presence presence() {
        return presence;
    }

    /**
     * What a layer between nodes exchanges with the other nodes about {@link #presence}.
     *
     * @return the exchange
     */
    public PresenceExchange presenceExchange() {
        return new PresenceExchange(presence);
    }

    /** Offers an event of the presence. If the channel is full nothing is lost, because the content is sent again. */
    Channel.Offer offerPresence(Channel channel, Event event) {
        Channel.Offer offer = channel.offer(stamped(null, event));
        tally.arrived.add(offer == Channel.Offer.ACCEPTED ? 1 : 0);
        return offer;
    }

    /** A channel has taken an event too late; always false. */
    boolean expired(Channel channel, Event event) {
        if (event.type().equals(Presence.EVENT)) {
            presence.lost(channel);
        }
        return false;
    }

    Ticker ticker() {
        return ticker;
    }

    /** The JSON of the receivers' actor system. */
    SystemJson json() {
        return json;
    }

    /** One with a position does not expire: the next event would move its client's position over the hole. */
    boolean isFresh(Event event) {
        boolean fresh = event.position().isPresent() || ticker.read() - event.arrival() <= expiryNanos;
        (fresh ? tally.delivered : tally.expired).increment();
        return fresh;
    }

    void addMember(String group, Channel channel) {
        groups.add(group, channel);
        origins.begun("member", group, channel.name());
    }

    void removeMember(String group, Channel channel) {
        if (groups.remove(group, channel)) {
            histories.emptied(group);
        }
    }

    boolean endGap(GroupName group, Channel channel, Position before) {
        return histories.endGap(group, channel, before);
    }

    void superseded() {
        tally.superseded.increment();
    }

    void unknown(int events) {
        tally.unknown.add(events);
    }

    void closed(Channel channel, int dropped) {
        if (Names.isChosen(channel.name())) {
            named.remove(channel);
        } else {
            channels.remove(channel.name());
        }
        tally.unknown.add(dropped);
        presence.closed(channel);
    }

    private Channel.Offer offer(Channel channel, Event event) {
        return counted(channel.name(), channel.offer(event));
    }

    private Channel.Offer counted(String name, Channel.Offer offer) {
        switch (offer) {
            case ACCEPTED -> {}
            case FULL -> full(1, "channel", name, capacity());
            case CLOSED, FAILED -> tally.unknown.increment();
        }
        return offer;
    }

    private void full(int events, String kind, String name, int bound) {
        tally.full.add(events);
        drops.dropped(events, kind + " '" + name + "'", bound, ticker.read());
    }

    /** The event as the receivers on this node see it. */
    Event stamped(@Nullable GroupName group, Event event) {
        return event.arrived(group, ticker.read(), json);
    }

    void check(Channel channel) {
        StackRoom.require();
        if (!channel.isOf(this)) {
            throw new IllegalArgumentException("only channels of the same layer can join a group, '" + channel.name()
                    + "' belongs to another layer");
        }
        if (Names.isChosen(channel.name())) {
            throw new IllegalArgumentException("a channel with a chosen name cannot join a group, was '"
                    + channel.name() + "'; open another channel with newChannel(receiver) for it");
        }
    }
}
