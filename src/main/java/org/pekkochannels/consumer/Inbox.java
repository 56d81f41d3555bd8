package org.pekkochannels.consumer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.Inbound;

/**
 * Waiting input of a consumer: the client's messages and the layer's events; if both wait, they alternate.
 *
 * <p>Both are bounded: the server sends one delivery at a time, and the channel counts events at their sender. Confined to the consumer's
 * turns.
 */
final class Inbox {
    private final Backlog<Inbound.Message> messages = new Backlog<>();
    private final Backlog<Event> events = new Backlog<>();
    private boolean eventsTurn;

    void add(Inbound.Message message) {
        messages.add(message);
    }

    void addAll(List<Inbound.Message> more) {
        messages.addAll(more);
    }

    void add(Event event) {
        events.add(event);
    }

    /** The client's next message, unless the next in turn is an event. */
    Inbound.@Nullable Message nextMessage() {
        if (eventsTurn && !events.isEmpty()) {
            return null;
        }
        eventsTurn = true;
        return messages.poll();
    }

    @Nullable
    Event nextEvent() {
        eventsTurn = false;
        return events.poll();
    }

    boolean hasMessages() {
        return !messages.isEmpty();
    }

    void clear() {
        messages.clear();
        events.clear();
    }
}
