package org.pekkochannels.consumer;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Inbound;

/**
 * Waiting input of a consumer: the client's messages or a worker's message, the layer's events and timers that are due; those that wait alternate.
 *
 * <p>All are bounded: the server sends one delivery at a time, the channel counts events at their sender, and a timer waits once. Confined to
 * the consumer's turns.
 */
final class Inbox {
    // Of a client, or assigned to a worker, or about the lease.
    private final Backlog<Object> messages = new Backlog<>();
    private final Backlog<Event> events = new Backlog<>();
    // Created when the first one is due.
    private @Nullable Backlog<ConsumerTimer> timers;
    private Kind next = Kind.MESSAGE;

    /** What comes next, unless none of that kind waits. */
    private enum Kind {
        MESSAGE,
        EVENT,
        TIMER
    }

    void add(Inbound.Message message) {
        messages.add(message);
    }

    void add(Assigned work) {
        messages.add(work);
    }

    /** After the messages that wait, because one of them may renew the lease. */
    void add(Inbound.Expiring notice) {
        messages.add(notice);
    }

    void addAll(List<Inbound.Message> more) {
        messages.addAll(more);
    }

    void add(Event event) {
        events.add(event);
    }

    void add(ConsumerTimer due) {
        if (timers == null) {
            timers = new Backlog<>();
        }
        timers.add(due);
    }

    /** The next message, unless an event or a timer comes first. Call this method before the next two. */
    @Nullable
    Object nextMessage() {
        if ((next == Kind.EVENT && !events.isEmpty()) || (next != Kind.MESSAGE && hasTimers())) {
            return null;
        }
        next = Kind.EVENT;
        return messages.poll();
    }

    /** The next event, unless a timer comes first. */
    @Nullable
    Event nextEvent() {
        if (next == Kind.TIMER && hasTimers()) {
            return null;
        }
        next = Kind.TIMER;
        return events.poll();
    }

    /** The event after one that was dropped: those that are not handled take no turns. */
    @Nullable
    Event eventAfterDropped() {
        return events.poll();
    }

    /**
     * Removes the events of a group that wait before the mark of its new membership. The mark waits here, or is on its way. They are superseded, but would
     * keep their slots.
     *
     * @param group the group
     * @param release releases an event's slot
     */
    void removeSuperseded(GroupName group, Consumer<Event> release) {
        Backlog<Event> kept = new Backlog<>();
        boolean current = false;
        for (Event event = events.poll(); event != null; event = events.poll()) {
            boolean concerned = event.group().filter(group::equals).isPresent();
            current |= concerned && event.isMark();
            if (concerned && !current) {
                release.accept(event);
            } else {
                kept.add(event);
            }
        }
        events.addAll(kept);
    }

    @Nullable
    ConsumerTimer nextTimer() {
        next = Kind.MESSAGE;
        return timers == null ? null : timers.poll();
    }

    private boolean hasTimers() {
        return timers != null && !timers.isEmpty();
    }

    boolean hasMessages() {
        return !messages.isEmpty();
    }

    void clear() {
        messages.clear();
        events.clear();
        timers = null;
    }
}
