package org.pekkochannels.layer;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.pekkochannels.concurrent.SafeLog;

/**
 * One receiver's end of a channel layer: a name and a bounded inbox.
 *
 * <p>The layer counts an event before it passes it to the receiver. The receiver releases the slot with {@link #take} when it starts the
 * event. So the bound is enforced at the sender, which never waits, while the events themselves wait where the receiver keeps them, such as
 * an actor's mailbox. Thread-safe.
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

    // Replaces the number of waiting events, so that closing and counting are one atomic step.
    private static final int CLOSED = -1;

    private final String name;
    private final LocalChannels home;
    private final Consumer<Event> receiver;
    private final AtomicInteger waiting = new AtomicInteger();
    // Guarded by itself, and locked while a group changes, so that closing leaves no membership behind.
    private final Set<String> groups = new HashSet<>();

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
        return Math.max(0, waiting.get());
    }

    /**
     * Starts an event that the receiver was given, and releases its slot. Call it once per event, on any thread.
     *
     * @param event the event, as the receiver was given it
     * @return whether to handle the event: false if it has waited longer than the layer's expiry, or if the channel is closed
     */
    public boolean take(Event event) {
        int before = waiting.getAndUpdate(n -> n > 0 ? n - 1 : n);
        if (before == 0) {
            throw new IllegalStateException(
                    "channel '" + name + "' has no event waiting; take each event once, was " + event);
        }
        return before != CLOSED && (home.isFresh(event) || home.expired(this, event));
    }

    /**
     * Ends all memberships and drops waiting and later events. Closing again has no effect.
     *
     * <p>An event that is being delivered at this moment may still reach the receiver; {@link #take} then returns false.
     */
    @Override
    public void close() {
        int dropped = waiting.getAndSet(CLOSED);
        if (dropped != CLOSED) {
            leaveAll();
            home.closed(this, dropped);
        }
    }

    /** The name. */
    @Override
    public String toString() {
        return "Channel[" + name + "]";
    }

    Offer offer(Event event) {
        int before = waiting.getAndUpdate(n -> n == CLOSED || n >= home.capacity() ? n : n + 1);
        if (before == CLOSED) {
            return Offer.CLOSED;
        }
        return before >= home.capacity() ? Offer.FULL : hand(event);
    }

    boolean isClosed() {
        return waiting.get() == CLOSED;
    }

    boolean isOf(LocalChannels channels) {
        return home == channels;
    }

    void join(String group) {
        synchronized (groups) {
            if (waiting.get() != CLOSED && groups.add(group)) {
                home.addMember(group, this);
            }
        }
    }

    void leave(String group) {
        synchronized (groups) {
            if (groups.remove(group)) {
                home.removeMember(group, this);
            }
        }
    }

    private void leaveAll() {
        synchronized (groups) {
            groups.forEach(group -> home.removeMember(group, this));
            groups.clear();
        }
    }

    // A failing receiver must not keep the event from the other members of a group.
    private Offer hand(Event event) {
        try {
            receiver.accept(event);
            return Offer.ACCEPTED;
        } catch (
                Throwable e) { // not rethrown: the other members' delivery comes first, and the next call fails as well
            LOG.warn(
                    "receiver of channel '{}' failed, {} is dropped; a receiver must only pass events on",
                    name,
                    event,
                    e);
            waiting.getAndUpdate(n -> n > 0 ? n - 1 : n);
            return Offer.FAILED;
        }
    }
}
