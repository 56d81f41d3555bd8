package org.pekkochannels.edge;

import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.pekkochannels.metrics.Measure;
import org.pekkochannels.metrics.Meters;

/** What is measured of the way in, besides the sessions. */
final class GatewayMeters {
    // What is said here, and what applications say most; the others are one series.
    private static final List<Integer> STATUSES = List.of(400, 401, 403, 404, 408, 426, 429, 431, 500, 503);

    private GatewayMeters() {}

    static void watchWebSockets(Meters meters, Connections connections, Refusals refusals) {
        meters.gauge(
                Measure.of(
                        "channels.websocket.connections",
                        "connections",
                        "WebSockets, from the upgrade request to the end of both socket and consumer."),
                connections::size);
        watch(meters, refusals::counts);
    }

    static void watchConnections(Meters meters, IntSupplier connections) {
        meters.gauge(
                Measure.of(
                        "channels.http.connections",
                        "connections",
                        "TCP connections of the port, WebSockets included."),
                connections::getAsInt);
    }

    private static void watch(Meters meters, Supplier<Map<Integer, Long>> refusals) {
        Measure refused = Measure.of(
                "channels.http.refusals", "requests", "WebSockets and first requests refused, by HTTP status.");
        STATUSES.forEach(status -> meters.counter(
                refused.tag("status", status.toString()), () -> refusals.get().getOrDefault(status, 0L)));
        meters.counter(refused.tag("status", "other"), () -> others(refusals.get()));
    }

    private static long others(Map<Integer, Long> refusals) {
        return refusals.entrySet().stream()
                .filter(entry -> !STATUSES.contains(entry.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
