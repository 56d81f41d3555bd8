package org.pekkochannels.layer;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.pekkochannels.concurrent.SafeLog;

/**
 * One receiver's end of a channel layer: a name, and an inbox whose events are counted where they come in.
 *
 * <p>The layer counts an event before it hands it to the receiver, and the receiver gives the slot back with
 * {@link #take} when it starts the event. So the bound holds at the sender, who learns of it at once and never waits,
 * while the events themselves wait wherever the receiver keeps them, such as an actor's mailbox. Thread-safe.
 */
public final class Channel implements AutoCloseable {
    /** What became of an event that was offered. */
    enum Offer {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private static final SafeLog LOG = SafeLog.of(Channel.class);

    // In place of the number of waiting events, so that closing and counting are one atomic step.
    private static final int CLOSED = -1;

    private final String name;
    private final LocalChannels home;
    private final Consumer<Event> receiver;
    private final AtomicInteger waiting = new AtomicInteger();
    // Guarded by itself, and held while a group changes: closing then leaves no membership behind.
    private final Set<String> groups = new HashSet<>();

    Channel(String name, LocalChannels home, Consumer<Event> receiver) {
        this.name = name;
        this.home = home;
        this.receiver = receiver;
    }

    /**
     * What others send to.
     *
     * @return the name, unique among all channels of the layer
     */
    public String name() {
        return name;
    }

    /**
     * How many groups the channel is a member of now; on any thread.
     *
     * @return the number
     */
    public int groups() {
        synchronized (groups) {
            return groups.size();
        }
    }

    /**
     * Whether the channel is a member of a group now; on any thread.
     *
     * @param group the group's name
     * @return whether it is
     */
    public boolean isMember(String group) {
        synchronized (groups) {
            return groups.contains(group);
        }
    }

    /**
     * Starts an event that the receiver was given, and gives its slot back; called once for each, on any thread.
     *
     * @param event the event, as the receiver was given it
     * @return whether to handle it: not if it has waited for longer than the layer's expiry, nor when the channel is closed
     */
    public boolean take(Event event) {
        int before = waiting.getAndUpdate(n -> n > 0 ? n - 1 : n);
        if (before == 0) {
            throw new IllegalStateException(
                    "channel '" + name + "' has no event waiting; take each event once, was " + event);
        }
        return before != CLOSED && home.isFresh(event);
    }

    /**
     * Ends all memberships and drops what waits and what comes later; closing again does nothing.
     *
     * <p>An event on its way at this moment may still be given to the receiver; {@link #take} then refuses it.
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

    // A receiver that fails must not keep the other members of a group from their event.
    private Offer hand(Event event) {
        try {
            receiver.accept(event);
            return Offer.ACCEPTED;
        } catch (Throwable e) { // not rethrown: the others' delivery comes first, and the next call fails as well
            LOG.warn(
                    "receiver of channel '{}' failed, {} is dropped; a receiver must pass events on only",
                    name,
                    event,
                    e);
            waiting.getAndUpdate(n -> n > 0 ? n - 1 : n);
            return Offer.CLOSED;
        }
    }
}
