package org.pekkochannels.layer.postgres;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;

/**
 * An event to be written. Immutable.
 *
 * @param node the node of a channel; null for a group
 * @param target the name of the group or the channel
 * @param excluded the name of a channel that does not receive it, or null
 * @param event the event
 * @param ttlMillis how long the group's history keeps it; null without history
 */
record LogEvent(
        @Nullable String node,
        String target,
        @Nullable String excluded,
        Event event,
        @Nullable Long ttlMillis) {}
