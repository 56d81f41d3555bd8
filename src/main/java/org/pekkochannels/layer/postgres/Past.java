package org.pekkochannels.layer.postgres;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Position;

/** The newest events of one group, up to the newest of all. Grows with the log. Confined to the reader's thread. */
final class Past {
    private final String epoch;
    private final int size;
    private final long readAt;
    private final Deque<Event> events = new ArrayDeque<>();
    private long top;
    private long last;
    private long from;
    private long bytes;

    /**
     * Without events yet.
     *
     * @param epoch the epoch of the group
     * @param top the number of its newest event
     * @param size how many events are kept
     * @param readAt when it was read
     */
    Past(String epoch, long top, int size, long readAt) {
        this.epoch = epoch;
        this.top = top;
        this.from = top;
        this.size = size;
        this.readAt = readAt;
    }

    /** The events after a number are read. */
    void asked(long number) {
        from = Math.min(from, number);
    }

    /** Adds an event that was read. What is before a hole, because one has expired earlier than an older one, is of no use. */
    void add(long number, Event event) {
        if (number != last + 1) {
            events.clear();
            bytes = 0;
        }
        last = number;
        events.add(event);
        bytes += event.size();
        if (events.size() > size) {
            bytes -= events.remove().size();
        }
    }

    /** Adds the event that was sent next; returns false if another one is missing before it. */
    boolean append(LogRow row, Event event) {
        if (!epoch.equals(row.epoch) || row.position != top + 1) {
            return false;
        }
        top = row.position;
        add(row.position, event);
        return true;
    }

    long bytes() {
        return bytes;
    }

    long readAt() {
        return readAt;
    }

    Position newest() {
        return GroupPlace.position(epoch, top);
    }

    /** Whether a read of the database would find no more events after a position. */
    boolean covers(Position since) {
        return GroupPlace.of(since)
                .filter(place -> place.epoch().equals(epoch))
                .map(place -> place.number() >= from || place.number() < top - size)
                .orElse(true);
    }

    /** The events after a position, oldest first; empty unless all of them are here. */
    Optional<List<Event>> after(Position since) {
        return GroupPlace.of(since)
                .filter(place -> place.epoch().equals(epoch) && place.number() <= top)
                .map(place -> top - place.number())
                .filter(missing -> missing == 0 || (last == top && missing <= events.size()))
                .map(missing -> events.stream().skip(events.size() - missing).toList());
    }
}
