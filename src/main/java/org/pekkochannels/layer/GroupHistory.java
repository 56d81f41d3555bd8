package org.pekkochannels.layer;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * The newest events of one group, numbered from 1 without holes, under an epoch that no other history has.
 *
 * <p>Guarded by itself: the holder of its lock keeps the group's events away, so that a channel that joins meanwhile misses none and receives
 * none twice.
 */
final class GroupHistory {
    private static final SecureRandom RANDOM = new SecureRandom();

    // What an event and a group take beside the payload, about.
    private static final int EVENT_BYTES = 200;
    private static final int GROUP_BYTES = 400;

    // The payload, and the message for clients that is derived from it and kept with it.
    private static final int COPIES = 2;

    // 60 bits in 12 characters.
    private static final int EPOCH_BITS = 60;
    private static final int RADIX = 32;

    private final String group;
    private final HistoryRule rule;
    private final String epoch = Long.toString(RANDOM.nextLong() >>> (Long.SIZE - EPOCH_BITS), RADIX);
    private final Deque<Event> events = new ArrayDeque<>();
    private final long maxBytes;
    private long top;
    private long bytes = GROUP_BYTES;
    // Guarded by the store, which orders the histories by it.
    private long used;
    // Also read without the lock, to skip a history that is on its way out.
    private volatile boolean discarded;

    /**
     * Starts without events.
     *
     * @param group the group's name
     * @param rule how much is kept
     * @param maxBytes the most bytes of all histories, and so of this one
     * @param nanoTime the current time
     */
    GroupHistory(String group, HistoryRule rule, long maxBytes, long nanoTime) {
        this.group = group;
        this.rule = rule;
        this.maxBytes = maxBytes;
        this.used = nanoTime;
    }

    String group() {
        return group;
    }

    /** Whether another history has taken its place, or may do so. */
    boolean isDiscarded() {
        return discarded;
    }

    /** Returns false if it was discarded already. */
    boolean discard() {
        boolean first = !discarded;
        discarded = true;
        return first;
    }

    long bytes() {
        return bytes;
    }

    void use(long nanoTime) {
        used = nanoTime;
    }

    /** Whether nothing has happened for so long that no event is left. */
    boolean isIdle(long nanoTime) {
        return nanoTime - used > rule.ttl().toNanos();
    }

    /** The position after the newest event. */
    Position top() {
        return at(top);
    }

    /** Adds an event, which gets the next position, and drops the oldest ones over the bounds. */
    Event append(Event event) {
        Event placed = event.at(at(++top));
        events.addLast(placed);
        bytes += cost(placed);
        while (events.size() > rule.size() || (bytes > maxBytes && events.size() > 1)) {
            dropOldest();
        }
        return placed;
    }

    /** Whether all events after a position are here. */
    boolean covers(Position since, long nanoTime) {
        expire(nanoTime);
        OptionalLong offset = offset(since);
        return offset.isPresent() && offset.getAsLong() >= top - events.size() && offset.getAsLong() <= top;
    }

    /** The events after a position that {@link #covers} accepts, oldest first. */
    List<Event> after(Position since) {
        return newest((int) (top - offset(since).orElse(top)));
    }

    /** The newest events, oldest first. */
    List<Event> newest(int limit, long nanoTime) {
        expire(nanoTime);
        return newest(limit);
    }

    private List<Event> newest(int limit) {
        return events.stream().skip(Math.max(0, events.size() - limit)).toList();
    }

    private void expire(long nanoTime) {
        while (!events.isEmpty()
                && nanoTime - events.getFirst().arrival() > rule.ttl().toNanos()) {
            dropOldest();
        }
    }

    private void dropOldest() {
        bytes -= cost(events.removeFirst());
    }

    private static long cost(Event event) {
        return EVENT_BYTES + (long) COPIES * event.size();
    }

    private Position at(long offset) {
        return Position.of(epoch + ":" + offset);
    }

    /** The offset of a position of this history; any other text has none. */
    private OptionalLong offset(Position position) {
        String text = position.text();
        if (!text.startsWith(epoch) || text.length() <= epoch.length() || text.charAt(epoch.length()) != ':') {
            return OptionalLong.empty();
        }
        try {
            long offset = Long.parseLong(text.substring(epoch.length() + 1));
            // Other spellings of the number, such as +7, are not ours.
            return text.equals(at(offset).text()) ? OptionalLong.of(offset) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
