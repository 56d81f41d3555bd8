package org.pekkochannels.layer;

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
        Measure dropped = Measure.of("channels.layer.dropped", "events", "Events that never reached a receiver.");
        meters.counter(dropped.tag("reason", "full"), () -> layer.stats().full());
        meters.counter(dropped.tag("reason", "expired"), () -> layer.stats().expired());
        meters.counter(dropped.tag("reason", "unknown"), () -> layer.stats().unknown());
    }
}
