package org.pekkochannels.layer;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * One receiver's end of a channel layer: a name and a bounded inbox.
 *
 * <p>The layer counts an event before it passes it to the receiver. The receiver releases the slot with {@link #take} when it starts the
 * event. So the bound is enforced at the sender, which never waits, while the events themselves wait where the receiver keeps them, such as
 * an actor's mailbox. What a history replays has no slot, because the history bounds it. Thread-safe.
 */
public final class Channel implements AutoCloseable {
    /** The outcome of offering an event. */
    enum Offer {
        ACCEPTED,
        FULL,
        CLOSED,
        /** The receiver threw, perhaps after it had passed the event on. */
        FAILED
    }

    private static final SafeLog LOG = SafeLog.of(Channel.class);

    // The number of waiting events is in the low bits, their bytes in the others: one atomic step changes both. The
    // number is at most 1000000.
    private static final int COUNT_BITS = 20;
    private static final long COUNT = (1L << COUNT_BITS) - 1;

    // Replaces both, so that closing and counting are one atomic step.
    private static final long CLOSED = -1;

    // The most memberships of a group for which a channel keeps replayed events.
    private static final int MOST_REJOINS = 16;

    // Fields with updaters instead of atomic objects: there is one channel for each connection.
    private static final AtomicLongFieldUpdater<Channel> WAITING =
            AtomicLongFieldUpdater.newUpdater(Channel.class, "waiting");
    private static final AtomicIntegerFieldUpdater<Channel> REPLAYS =
            AtomicIntegerFieldUpdater.newUpdater(Channel.class, "replays");
    private static final AtomicIntegerFieldUpdater<Channel> MISSES =
            AtomicIntegerFieldUpdater.newUpdater(Channel.class, "misses");

    private final String name;
    private final LocalChannels home;
    private final Consumer<Event> receiver;
    // Guarded by itself, and locked while a group changes, so that closing leaves no membership behind.
    private final Set<String> groups = new HashSet<>();
    private volatile long waiting;
    // Replayed events that wait.
    private volatile int replays;
    // Events that found the channel full; for their own channel's turn, which compares two values.
    private volatile int misses;
    // Changed under the lock of groups; null without marks, as nearly always.
    private volatile @Nullable Marks marks;

    Channel(String name, LocalChannels home, Consumer<Event> receiver) {
        this.name = name;
        this.home = home;
        this.receiver = receiver;
    }

    /**
     * Checks a name that an owner chooses, without opening a channel.
     *
     * @param name the name; fails with {@link IllegalArgumentException} unless it is 1-99 of {@code [A-Za-z0-9._-]}
     */
    public static void checkName(String name) {
        Names.checkNamed(name);
    }

    /**
     * The name under which others send to the channel.
     *
     * @return the name, unique among all channels of the layer unless the owner chose it
     */
    public String name() {
        return name;
    }

    /**
     * The current number of the channel's groups. May be called on any thread.
     *
     * @return the number
     */
    public int groups() {
        synchronized (groups) {
            return groups.size();
        }
    }

    /**
     * Whether the channel is currently a member of a group. May be called on any thread.
     *
     * @param group the group's name
     * @return whether it is a member
     */
    public boolean isMember(String group) {
        synchronized (groups) {
            return groups.contains(group);
        }
    }

    /**
     * The current number of events that the receiver was given and has not started. May be called on any thread.
     *
     * @return the number; 0 after the close
     */
    public int waiting() {
        long now = waiting;
        return now == CLOSED ? 0 : (int) (now & COUNT);
    }

    /**
     * How many events have been dropped because the channel was full. May be called on any thread; two different values mean that one was
     * dropped between them.
     *
     * @return the number, which begins at zero and may overflow
     */
    public int misses() {
        return misses;
    }

    /**
     * Starts an event that the receiver was given, and releases its slot. Call it once per event, on any thread.
     *
     * @param event the event, as the receiver was given it
     * @return whether to handle the event: false if it has no position and has waited longer than the layer's expiry, if the channel is
     *     closed, or if the channel has joined the event's group again with a position; for a {@link Event#gap}, false if the history has
     *     the missing events, which then follow
     */
    public boolean take(Event event) {
        return switch (event.kind()) {
            case LIVE -> takeSlot(event) && isCurrent(event) && (home.isFresh(event) || home.expired(this, event));
            case REPLAYED -> takeReplay() && isCurrent(event) && home.isFresh(event);
            case GAP -> takeGap(event);
            case REJOINED -> takeRejoin(event);
        };
    }

    /** Whether the channel was open. */
    private boolean takeSlot(Event event) {
        long before = waiting;
        while (before != CLOSED && !WAITING.compareAndSet(this, before, without(before, event))) {
            before = waiting;
        }
        return before != CLOSED;
    }

    private long without(long before, Event event) {
        if ((before & COUNT) == 0) {
            throw new IllegalStateException(
                    "channel '" + name + "' has no event waiting; take each event once, was " + event);
        }
        // Never negative: a receiver that takes another event's place must not look like a closed channel.
        long bytes = Math.max(0, (before >>> COUNT_BITS) - event.size());
        return (bytes << COUNT_BITS) | ((before & COUNT) - 1);
    }

    /** Whether the replayed event has not been counted by {@link #close}. */
    private boolean takeReplay() {
        boolean waited = uncountReplay();
        if (!waited && waiting != CLOSED) {
            throw new IllegalStateException(
                    "channel '" + name + "' has no replayed event waiting; take each event once");
        }
        return waited;
    }

    private boolean isCurrent(Event event) {
        Optional<GroupName> group = marks == null ? Optional.empty() : event.group();
        if (group.isEmpty() || !isSuperseded(group.get())) {
            return true;
        }
        home.superseded();
        return false;
    }

    /**
     * Whether events of a group wait that belong to an earlier membership, because the channel has joined again with a position. {@link #take}
     * drops them, up to the mark of the new membership ({@link Event#isMark}). May be called on any thread.
     *
     * @param group the group
     * @return whether the mark waits
     */
    public boolean isSuperseded(GroupName group) {
        synchronized (groups) {
            return marks != null && marks.isSuperseded(group);
        }
    }

    /** Whether events wait that were replayed for many earlier memberships of a group: they take memory, and no slots. */
    boolean hasRejoinedOften(GroupName group) {
        synchronized (groups) {
            return marks != null && marks.rejoins(group) >= MOST_REJOINS;
        }
    }

    private boolean takeGap(Event mark) {
        return mark.gap().isPresent() && home.endGap(mark.group().orElseThrow(), this, mark.place());
    }

    private boolean takeRejoin(Event mark) {
        synchronized (groups) {
            if (marks != null) {
                marks.takeRejoin(mark.group().orElseThrow());
                forgetMarks();
            }
        }
        return false;
    }

    /**
     * Ends all memberships and drops waiting and later events. Closing again has no effect.
     *
     * <p>An event that is being delivered at this moment may still reach the receiver; {@link #take} then returns false.
     */
    @Override
    public void close() {
        long dropped = WAITING.getAndSet(this, CLOSED);
        if (dropped != CLOSED) {
            leaveAll();
            home.closed(this, (int) (dropped & COUNT) + REPLAYS.getAndSet(this, 0));
        }
    }

    /** The name. */
    @Override
    public String toString() {
        return "Channel[" + name + "]";
    }

    Offer offer(Event event) {
        long before;
        do {
            before = waiting;
            if (before == CLOSED) {
                return Offer.CLOSED;
            }
            if (!hasRoom(before, event.size())) {
                MISSES.incrementAndGet(this);
                return Offer.FULL;
            }
        } while (!WAITING.compareAndSet(this, before, before + ((long) event.size() << COUNT_BITS) + 1));
        if (hand(event)) {
            return Offer.ACCEPTED;
        }
        // A channel that closed meanwhile has counted the event as one that waited.
        return takeSlot(event) ? Offer.FAILED : Offer.ACCEPTED;
    }

    private boolean hasRoom(long before, int size) {
        long count = before & COUNT;
        return count == 0 || (count < home.capacity() && (before >>> COUNT_BITS) + size <= home.capacityBytes());
    }

    boolean isClosed() {
        return waiting == CLOSED;
    }

    boolean isOf(LocalChannels channels) {
        return home == channels;
    }

    void join(String group) {
        synchronized (groups) {
            if (waiting != CLOSED && groups.add(group)) {
                home.addMember(group, this);
            }
        }
    }

    /**
     * Joins, perhaps again: what waits of an earlier membership is superseded. The caller keeps the group's events away until it has
     * replayed the missed ones.
     */
    void rejoin(GroupName group) {
        synchronized (groups) {
            join(group.value());
            if (waiting > 0 || replays > 0 || marks != null) { // a gap may wait alone
                marks().addRejoin(group);
                if (!hand(Event.mark(Event.Kind.REJOINED, group, Position.NONE))) {
                    marks().takeRejoin(group);
                    forgetMarks();
                }
            }
        }
    }

    /** Passes on an event of the history. If the channel closes meanwhile, it counts as one that waited. */
    void replay(Event event) {
        REPLAYS.incrementAndGet(this);
        if ((waiting == CLOSED || !hand(event)) && uncountReplay()) {
            home.unknown(1);
        }
    }

    private boolean uncountReplay() {
        return REPLAYS.getAndUpdate(this, n -> n > 0 ? n - 1 : n) > 0;
    }

    void leave(String group) {
        synchronized (groups) {
            if (groups.remove(group)) {
                home.removeMember(group, this);
                if (marks != null) {
                    marks.leave(new GroupName(group));
                    forgetMarks();
                }
            }
        }
    }

    private void leaveAll() {
        synchronized (groups) {
            groups.forEach(group -> home.removeMember(group, this));
            groups.clear();
            marks = null;
        }
    }

    /** Whether events of the group are withheld, because earlier ones are missing. */
    boolean hasGap(GroupName group) {
        if (marks == null) {
            return false;
        }
        synchronized (groups) {
            return marks != null && marks.hasGap(group);
        }
    }

    /** Puts a mark among the events, unless one of the group waits already. */
    void startGap(GroupName group, Position before) {
        synchronized (groups) {
            if (groups.contains(group.value()) && marks().addGap(group, before)) {
                if (!hand(Event.mark(Event.Kind.GAP, group, before))) {
                    endGap(group, before); // nothing would take it, and the group would be withheld for ever
                }
            }
        }
    }

    /** Puts a mark for each group of which events are missing. */
    void startGaps(Gap gap) {
        synchronized (groups) {
            groups.stream().map(GroupName::new).filter(gap::concerns).forEach(group -> startGap(group, Position.NONE));
        }
    }

    /** Returns whether the gap still is one. */
    boolean endGap(GroupName group, Position before) {
        synchronized (groups) {
            boolean ended = marks != null && marks.takeGap(group, before);
            forgetMarks();
            return ended;
        }
    }

    private Marks marks() {
        Marks present = marks;
        if (present == null) {
            present = new Marks();
            marks = present;
        }
        return present;
    }

    private void forgetMarks() {
        if (marks != null && marks.isEmpty()) {
            marks = null;
        }
    }

    // A failing receiver must not keep the event from the other members of a group.
    private boolean hand(Event event) {
        try {
            receiver.accept(event);
            return true;
        } catch (
                Throwable e) { // not rethrown: the other members' delivery comes first, and the next call fails as well
            LOG.warn(
                    "receiver of channel '{}' failed, {} is dropped; a receiver must only pass events on",
                    name,
                    event,
                    e);
            return false;
        }
    }
}
