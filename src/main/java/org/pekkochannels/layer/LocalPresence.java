package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.StackRoom;

/**
 * The presence of one node: the part that all channel layers share.
 *
 * <p>It owns the entries of this node's channels, merges them with those of other nodes, and sends events to the channels that watch. Each node is the
 * only writer of its entries: a layer between nodes sends them to the others as {@link PresenceDelta}s. Thread-safe; receivers are called
 * without a lock held.
 */
final class LocalPresence implements Presence, PresenceGroup.Source {
    // Long enough for an address, and for any id.
    private static final int MAX_KEY = 256;

    private static final String NO_GROUP = "the name of a group must not be null";
    private static final String NO_CHANNEL = "the channel of a presence must not be null";
    private static final String NO_KEY = "the key of a presence must not be null";
    private static final String NO_META = "the meta of a presence must not be null";

    private final LocalChannels local;
    private final PresenceSettings settings;
    private final PresenceTicks ticks;
    private final PresenceCounters counts = new PresenceCounters();
    private final PresencePeers peers;
    private final Map<String, PresenceGroup> groups = new HashMap<>();
    private final Map<Channel, Owner> owners = new HashMap<>();
    private final String refs;
    private long lastRef;
    private int entries;
    private int watches;
    // Otherwise channels end without the lock.
    private volatile boolean used;

    LocalPresence(LocalChannels local, String node, PresenceSettings settings, PresenceTicks.Scheduling scheduling) {
        this.local = local;
        this.settings = settings;
        this.refs = node.substring(0, Math.min(node.length(), 6)) + "-";
        this.peers = new PresencePeers(node, this);
        this.ticks = new PresenceTicks(this, local.ticker(), settings, scheduling);
    }

    /** The entries and watches of one channel. */
    private static final class Owner {
        private final Map<Place, String> entries = new LinkedHashMap<>(2);
        private final Set<PresenceGroup> watched = new LinkedHashSet<>(2);

        boolean isEmpty() {
            return entries.isEmpty() && watched.isEmpty();
        }
    }

    /** A channel has at most one entry here. */
    private record Place(String group, String key) {}

    @Override
    public CompletionStage<Done> enter(GroupName group, Channel channel, String key, byte[] meta) {
        check(group, channel, key);
        requireNonNull(meta, NO_META);
        return outcome(() -> {
            require(group.value(), key, meta);
            local.origins().begun("presence", group.value(), key);
            return put(new Place(group.value(), key), channel, meta, true);
        });
    }

    @Override
    public CompletionStage<Done> update(GroupName group, Channel channel, String key, byte[] meta) {
        check(group, channel, key);
        requireNonNull(meta, NO_META);
        return outcome(() -> {
            require(group.value(), key, meta);
            return put(new Place(group.value(), key), channel, meta, false);
        });
    }

    @Override
    public CompletionStage<Done> leave(GroupName group, Channel channel, String key) {
        check(group, channel, key);
        return outcome(() -> remove(new Place(group.value(), key), channel));
    }

    @Override
    public CompletionStage<List<Entry>> list(GroupName group) {
        requireNonNull(group, NO_GROUP);
        StackRoom.require();
        return CompletableFuture.completedFuture(entries(group.value()));
    }

    @Override
    public CompletionStage<Done> watch(GroupName group, Channel channel) {
        check(group, channel, "");
        return outcome(() -> addWatch(group.value(), channel));
    }

    @Override
    public CompletionStage<Done> unwatch(GroupName group, Channel channel) {
        check(group, channel, "");
        return outcome(() -> removeWatch(group.value(), channel));
    }

    private void check(GroupName group, Channel channel, String key) {
        requireNonNull(group, NO_GROUP);
        requireNonNull(key, NO_KEY);
        local.check(requireNonNull(channel, NO_CHANNEL));
    }

    private CompletionStage<Done> outcome(Supplier<Done> change) {
        try {
            return CompletableFuture.completedFuture(change.get());
        } catch (PresenceLimitException e) {
            counts.refused(e.limit());
            return CompletableFuture.failedFuture(e);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void require(String group, String key, byte[] meta) {
        if (key.isEmpty() || key.length() > MAX_KEY || !PresenceReader.isPaired(key)) {
            throw PresenceLimitException.ofKey(group, key.length(), MAX_KEY);
        }
        if (meta.length > settings.maxMeta()) {
            throw PresenceLimitException.ofMeta(group, meta.length, settings.maxMeta());
        }
        PresenceReader.requireOneValue(meta);
    }

    private synchronized Done put(Place place, Channel channel, byte[] meta, boolean enters) {
        used = true; // before the check: a channel that closes now either is seen as closed, or sees this
        if (!channel.isClosed()) {
            String ref = refOf(place, channel, enters);
            changed(new PresenceDelta.Change(place.group(), ref, place.key(), meta));
        }
        return Done.getInstance();
    }

    private String refOf(Place place, Channel channel, boolean enters) {
        Owner owner = owners.get(channel);
        String known = owner == null ? null : owner.entries.get(place);
        if (known != null) {
            return known;
        }
        if (!enters) {
            throw new IllegalStateException("cannot update the presence of group '" + place.group()
                    + "': the connection has not entered under this key; call enter(..)");
        }
        requireRoom(place, owner);
        String ref = refs + Long.toString(++lastRef, Character.MAX_RADIX);
        owner(channel).entries.put(place, ref);
        entries++;
        return ref;
    }

    private void requireRoom(Place place, @Nullable Owner owner) {
        if (owner != null && owner.entries.size() >= settings.maxPerConnection()) {
            throw PresenceLimitException.ofConnection(place.group(), settings.maxPerConnection());
        }
        PresenceGroup group = groups.get(place.group());
        if (group != null && !group.view().hasRoom(place.key(), settings.maxEntries())) {
            throw PresenceLimitException.ofGroup(place.group(), settings.maxEntries());
        }
    }

    private Owner owner(Channel channel) {
        return owners.computeIfAbsent(channel, any -> new Owner());
    }

    private synchronized Done remove(Place place, Channel channel) {
        Owner owner = owners.get(channel);
        String ref = owner == null ? null : owner.entries.remove(place);
        if (owner != null && ref != null) {
            removed(place, ref);
            forgetIfEmpty(channel, owner);
        }
        return Done.getInstance();
    }

    private void removed(Place place, String ref) {
        entries--;
        changed(new PresenceDelta.Change(place.group(), ref, place.key(), null));
    }

    private void changed(PresenceDelta.Change change) {
        peers.changed(change);
        apply(peers.node(), change);
    }

    /** Changes the part of a node; called with the lock. */
    void apply(String node, PresenceDelta.Change change) {
        byte[] meta = change.meta();
        PresenceGroup group = groups.get(change.group());
        if (meta != null) {
            group = group == null ? added(change.group()) : group;
            group.view().put(node, change.ref(), change.key(), meta);
        } else if (group != null) {
            group.view().remove(node, change.ref(), local.ticker().read());
        }
        if (group != null) {
            due(group);
        }
    }

    private PresenceGroup added(String name) {
        PresenceGroup group = new PresenceGroup(name);
        groups.put(name, group);
        return group;
    }

    private void due(PresenceGroup group) {
        if (group.isEmpty()) {
            groups.remove(group.name(), group);
        } else {
            ticks.due(group);
        }
    }

    private synchronized Done addWatch(String name, Channel channel) {
        used = true; // as in put(..)
        if (!channel.isClosed()) {
            PresenceGroup known = groups.get(name);
            PresenceGroup group = known == null ? added(name) : known;
            if (group.watches().putIfAbsent(channel, new PresenceWatch(channel)) == null) {
                owner(channel).watched.add(group);
                watches++;
                ticks.due(group);
            }
        }
        return Done.getInstance();
    }

    private synchronized Done removeWatch(String name, Channel channel) {
        Owner owner = owners.get(channel);
        PresenceGroup group = groups.get(name);
        if (owner != null && group != null && owner.watched.remove(group)) {
            unwatched(group, channel);
            forgetIfEmpty(channel, owner);
        }
        return Done.getInstance();
    }

    private void unwatched(PresenceGroup group, Channel channel) {
        group.watches().remove(channel);
        watches--;
        if (group.isEmpty()) {
            groups.remove(group.name(), group);
        }
    }

    private void forgetIfEmpty(Channel channel, Owner owner) {
        if (owner.isEmpty()) {
            owners.remove(channel);
        }
    }

    /** A channel has closed: its entries leave, and it no longer watches. */
    void closed(Channel channel) {
        if (used) {
            forget(channel);
        }
    }

    private synchronized void forget(Channel channel) {
        Owner owner = owners.remove(channel);
        if (owner != null) {
            owner.watched.forEach(group -> unwatched(group, channel));
            owner.entries.forEach(this::removed);
        }
    }

    /** An event of the presence has expired in a channel, which therefore needs the state again. */
    synchronized void lost(Channel channel) {
        Owner owner = owners.get(channel);
        if (owner != null) {
            for (PresenceGroup group : owner.watched) {
                requireNonNull(group.watches().get(channel)).lostAnEvent();
                ticks.due(group);
            }
        }
    }

    /** The keys of the entries of open channels, by the name of their group. */
    synchronized Map<String, List<String>> keys() {
        Map<String, List<String>> keys = new HashMap<>();
        owners.values()
                .forEach(owner -> owner.entries
                        .keySet()
                        .forEach(place -> keys.computeIfAbsent(place.group(), group -> new ArrayList<>())
                                .add(place.key())));
        return keys;
    }

    private synchronized List<Entry> entries(String name) {
        PresenceGroup group = groups.get(name);
        return group == null
                ? List.of()
                : group.view().slots().stream()
                        .map(slot -> new Entry(slot.key(), slot.ref(), slot.meta, local.json()))
                        .toList();
    }

    /** Begins the tick of a group. */
    synchronized PresenceGroup.Tick tick(PresenceGroup group, long now) {
        return group.tick(now, settings.grace().toNanos(), this);
    }

    /** A tick of a group has failed. */
    synchronized void failed(PresenceGroup group) {
        group.restart(counts);
    }

    /** Ends the tick of a group. */
    synchronized void ticked(PresenceGroup group) {
        if (group.isPending() || group.isEmpty()) {
            due(group);
        }
    }

    @Override
    public synchronized PresenceView.Page page(PresenceGroup group, @Nullable PresenceSlot after) {
        return group.view().page(after, PresenceWriter.PART);
    }

    @Override
    public Channel.Offer offer(Channel channel, Event event) {
        return local.offerPresence(channel, event);
    }

    @Override
    public PresenceCounters counts() {
        return counts;
    }

    /** Begins to collect changes for the other nodes, see {@link PresenceExchange}. */
    synchronized void begin(Runnable listener) {
        peers.begin(listener);
    }

    synchronized boolean isUnsent() {
        return peers.isUnsent();
    }

    Duration tick() {
        return settings.tick();
    }

    /** What this node's entries have changed since the last call, for the other nodes. */
    synchronized PresenceDelta delta() {
        return peers.delta();
    }

    /** All of this node's entries, for another node. */
    synchronized PresenceDelta state() {
        return peers.state();
    }

    /** Takes over what another node sends; returns false if that node's state is needed, because a delta is missing. */
    synchronized boolean receive(PresenceDelta delta) {
        used = true;
        return peers.receive(delta);
    }

    /** Takes over a part, like {@link #receive(PresenceDelta)}. */
    synchronized boolean receive(PresenceParts.Part part) {
        used = true;
        return peers.receive(part);
    }

    /** Another node is gone; the grace of its entries begins. */
    synchronized void drop(String node) {
        peers.drop(node);
    }

    @Override
    public synchronized Stats stats() {
        return counts.with(entries, watches);
    }

    /** For tests: whether a task is scheduled. */
    boolean isIdle() {
        return ticks.isIdle();
    }

    /** How many groups have entries or watching channels. */
    synchronized int size() {
        return groups.size();
    }

    /** The groups by name; used with the lock. */
    Map<String, PresenceGroup> groups() {
        return groups;
    }
}
