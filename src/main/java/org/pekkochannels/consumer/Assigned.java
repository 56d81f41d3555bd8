package org.pekkochannels.consumer;

import org.apache.pekko.actor.DeadLetterSuppression;
import org.pekkochannels.layer.Event;

/**
 * A message for one instance of a worker, taken from the channel of its name. The next follows when its callback is over. If the instance
 * ends before it has begun the message, another instance receives it. Thread-safe.
 */
final class Assigned implements DeadLetterSuppression {
    private final Event event;
    private volatile boolean begun;

    Assigned(Event event) {
        this.event = event;
    }

    Event event() {
        return event;
    }

    /** The instance handles the message now, so no other may. */
    void begin() {
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }
}
