package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * An event for a group that has not been sent yet. Immutable.
 *
 * @param group the group's name
 * @param event the encoded event
 * @param excluded the name of a channel that does not receive the event, or null
 */
public record Outgoing(
        GroupName group, Event event, @Nullable String excluded) {
    /**
     * Rejects null, except for {@code excluded}, with {@link NullPointerException}.
     *
     * @param group the group's name
     * @param event the encoded event
     * @param excluded the name of a channel that does not receive the event, or null
     */
    public Outgoing {
        requireNonNull(group, "the group of an outgoing event must not be null");
        requireNonNull(event, "the event to send must not be null");
    }
}
