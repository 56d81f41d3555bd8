package org.pekkochannels.consumer;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** A consumer's handlers of presences, by group, and one for the groups without a handler. Filled in the constructor, then unchanged. */
final class PresenceHandlers {
    private final Map<String, Handler> byGroup = new HashMap<>(2);
    private @Nullable Handler others;

    /** Decodes an event as far as it needs to, and returns what handles it. */
    interface Handler extends Function<Event, Callable<? extends CompletionStage<?>>> {}

    /** Adds the handler of a group, or of all others if the group is null; returns false if it has one. */
    boolean add(@Nullable GroupName group, Handler handler) {
        if (group != null) {
            return byGroup.putIfAbsent(group.value(), handler) == null;
        }
        boolean first = others == null;
        others = first ? handler : others;
        return first;
    }

    /** Whether the consumer has a handler for the presence of a group. */
    boolean handle(GroupName group) {
        return others != null || byGroup.containsKey(group.value());
    }

    /** What handles an event; fails with {@link org.pekkochannels.layer.UndecodablePayloadException} if it is not of a presence. */
    Callable<? extends CompletionStage<?>> prepare(Event event) {
        GroupName group = Presence.Diff.groupOf(event);
        Handler handler = byGroup.getOrDefault(group.value(), others);
        if (handler == null) {
            throw new IllegalStateException("no handler for the presence of group '" + group + "'");
        }
        return handler.apply(event);
    }
}
