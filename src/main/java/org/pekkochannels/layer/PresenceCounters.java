package org.pekkochannels.layer;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.pekkochannels.layer.PresenceLimitException.Limit;

/** The counters behind {@link Presence.Stats}; thread-safe. */
final class PresenceCounters {
    private final LongAdder diffs = new LongAdder();
    private final LongAdder states = new LongAdder();
    private final LongAdder restarts = new LongAdder();
    private final Map<Limit, LongAdder> refused = new EnumMap<>(Limit.class);

    PresenceCounters() {
        for (Limit limit : Limit.values()) {
            refused.put(limit, new LongAdder());
        }
    }

    /** The changes of a group were encoded, for all channels that watch it. */
    void diffEncoded() {
        diffs.increment();
    }

    /** A channel has received the beginning of a state. */
    void stateBegun() {
        states.increment();
    }

    /** A channel has missed an event, and gets the state again. */
    void restarted() {
        restarts.increment();
    }

    void refused(Limit limit) {
        Objects.requireNonNull(refused.get(limit)).increment();
    }

    Presence.Stats with(int entries, int watches) {
        Map<Limit, Long> refusals = refused.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, count -> count.getValue().sum()));
        return new Presence.Stats(entries, watches, diffs.sum(), states.sum(), restarts.sum(), refusals);
    }
}
