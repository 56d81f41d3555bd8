package org.pekkochannels.layer;

import java.util.Locale;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** The metrics of a channel layer, read from its counters. */
final class LayerMeters {
    private LayerMeters() {}

    static void watch(Meters meters, ChannelLayer layer) {
        meters.gauge(
                Measure.of("channels.layer.channels", "channels", "Open channels, one for each consumer that has any."),
                () -> layer.stats().channels());
        meters.gauge(
                Measure.of("channels.layer.groups", "groups", "Groups with members."),
                () -> layer.stats().groups());
        meters.gauge(
                Measure.of("channels.layer.members", "members", "Memberships of all groups."),
                () -> layer.stats().members());
        meters.counter(
                Measure.of("channels.layer.sent", "events", "Events sent, to a channel or to a group."),
                () -> layer.stats().sent());
        meters.counter(
                Measure.of("channels.layer.delivered", "events", "Events that receivers have taken."),
                () -> layer.stats().delivered());
        meters.counter(
                Measure.of("channels.layer.refilled", "events", "Events replayed from the history of a group."),
                () -> layer.stats().refilled());
        meters.counter(
                Measure.of("channels.layer.lost", "events", "Events that the layer lost on the way to this node."),
                () -> layer.stats().lost());
        Measure dropped = Measure.of("channels.layer.dropped", "events", "Events that never reached a receiver.");
        meters.counter(dropped.tag("reason", "full"), () -> layer.stats().full());
        meters.counter(dropped.tag("reason", "expired"), () -> layer.stats().expired());
        meters.counter(dropped.tag("reason", "superseded"), () -> layer.stats().superseded());
        meters.counter(dropped.tag("reason", "unknown"), () -> layer.stats().unknown());
        meters.counter(
                Measure.of("channels.layer.listener.failures", "calls", "Calls of listeners for gaps that threw."),
                () -> layer.stats().listenerFailures());
        watchPresence(meters, layer);
    }

    private static void watchPresence(Meters meters, ChannelLayer layer) {
        if (!layer.features().contains(Feature.PRESENCE)) {
            return;
        }
        Presence presence = layer.presence();
        meters.gauge(
                Measure.of("channels.layer.presence.entries", "entries", "Entries of this node's connections."),
                () -> presence.stats().entries());
        meters.gauge(
                Measure.of(
                        "channels.layer.presence.watches",
                        "channels",
                        "Channels that are sent the presence of a group, once for each group."),
                () -> presence.stats().watches());
        meters.counter(
                Measure.of(
                        "channels.layer.presence.diffs",
                        "diffs",
                        "Differences encoded, each once for all channels that watch."),
                () -> presence.stats().diffs());
        meters.counter(
                Measure.of("channels.layer.presence.states", "states", "States that channels were sent."),
                () -> presence.stats().states());
        meters.counter(
                Measure.of(
                        "channels.layer.presence.restarts",
                        "states",
                        "States sent again, because a channel was full or an event had expired in it."),
                () -> presence.stats().restarts());
        Measure refused =
                Measure.of("channels.layer.presence.refused", "entries", "Entries refused because of a bound.");
        for (PresenceLimitException.Limit limit : PresenceLimitException.Limit.values()) {
            meters.counter(
                    refused.tag("limit", limit.name().toLowerCase(Locale.ROOT)),
                    () -> presence.stats().refused().getOrDefault(limit, 0L));
        }
    }

    static void watch(Meters meters, HistoryStore history) {
        meters.gauge(
                Measure.of("channels.layer.history.groups", "groups", "Groups whose history is kept in memory."),
                history::size);
        meters.gauge(
                Measure.of("channels.layer.history.bytes", "bytes", "Size of all histories in memory."),
                history::bytes);
        meters.counter(
                Measure.of(
                        "channels.layer.history.discarded", "groups", "Histories discarded, unused or over the bound."),
                history::discarded);
    }
}
