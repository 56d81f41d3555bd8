package org.pekkochannels.edge;

import java.util.List;
import java.util.function.IntSupplier;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.tls.TlsEngines;

/** The metrics of the gateway, except those of the sessions. */
final class GatewayMeters {
    private GatewayMeters() {}

    static void watchWebSockets(Meters meters, WebSocketSlots connections) {
        meters.gauge(
                Measure.of(
                        "channels.websocket.connections",
                        "connections",
                        "WebSockets, from the upgrade request to the end of both socket and consumer."),
                connections::size);
        meters.counter(
                Measure.of(
                        "channels.websocket.unstopped",
                        "actors",
                        "Actors that were stopped because they did not stop after Inbound.Closed."),
                connections::unstopped);
    }

    static void watchConnections(Meters meters, IntSupplier connections) {
        meters.gauge(
                Measure.of(
                        "channels.http.connections",
                        "connections",
                        "TCP connections of the port, including WebSockets."),
                connections::getAsInt);
    }

    static void watchReadiness(Meters meters, List<SharedCheck> checks) {
        Measure failed = Measure.of(
                "channels.http.ready.failures",
                "looks",
                "Runs of a check of /ready that failed or took too long, by check.");
        checks.forEach(check -> meters.counter(failed.tag("check", check.name()), check::failed));
    }

    static void watchTls(Meters meters, ServedApplication service) {
        meters.counter(
                Measure.of(
                        "channels.http.tls.failures",
                        "connections",
                        "Connections ended because their TLS handshake failed."),
                () -> service.tls().map(TlsEngines::failures).orElse(0L));
        meters.counter(
                Measure.of(
                        "channels.http.renegotiations",
                        "connections",
                        "Connections of TLS 1.2 ended because the client began a second handshake."),
                () -> service.tls().map(TlsEngines::renegotiations).orElse(0L));
        meters.counter(
                Measure.of(
                        "channels.http.unread.key.updates",
                        "connections",
                        "Connections of TLS 1.3 ended because the client did not read the answers to its key updates."),
                () -> service.tls().map(TlsEngines::unreadAnswers).orElse(0L));
    }

    static void watchRefusals(Meters meters, RefusalCounters refusals) {
        Measure refused = Measure.of(
                "channels.http.refusals",
                "requests",
                "Requests refused, including WebSockets, by HTTP status and reason.");
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            for (int status : statuses(reason)) {
                RefusalCounters.Kind kind = new RefusalCounters.Kind(status, reason);
                meters.counter(tagged(refused, Integer.toString(status), reason), () -> refusals.sum(kind::equals));
            }
        }
        meters.counter(
                tagged(refused, "other", Refusal.Reason.APPLICATION), () -> refusals.sum(GatewayMeters::isUnusual));
    }

    static void watchCuts(Meters meters, CutConnectionCounters cuts) {
        Measure cut = Measure.of(
                "channels.http.cut",
                "connections",
                "Connections closed without an answer, by the limit they exceeded.");
        for (CutConnectionCounters.Limit limit : CutConnectionCounters.Limit.values()) {
            meters.counter(cut.tag("limit", limit.key()), () -> cuts.counts().getOrDefault(limit.key(), 0L));
        }
    }

    static void watchPekkoHttp(Meters meters, PekkoHttpLog.Counts counts) {
        meters.counter(
                Measure.of(
                        "channels.http.disagreed",
                        "requests",
                        "Request heads that Pekko HTTP rejected although our reader did not; more than 0 is a bug."),
                counts.disagreed()::sum);
        meters.counter(
                Measure.of(
                        "channels.http.illegal.headers",
                        "headers",
                        "Header values of pages' requests that Pekko HTTP cannot parse; the page gets them as text."),
                counts.headers()::sum);
        meters.counter(
                Measure.of(
                        "channels.http.truncated",
                        "requests",
                        "Requests of pages whose route failed because the body was cut off or refused."),
                counts.truncated()::sum);
    }

    private static Measure tagged(Measure refused, String status, Refusal.Reason reason) {
        return refused.tag("status", status).tag("reason", reason.tag());
    }

    /** The statuses with a separate series: those sent here, and those that applications use most. */
    private static List<Integer> statuses(Refusal.Reason reason) {
        return switch (reason) {
            case APPLICATION -> List.of(400, 401, 403, 404, 429, 500, 503);
            case ORIGIN -> List.of(403);
            case NO_ROUTE -> List.of(404);
            case FAILURE -> List.of(500);
            case OVERLOAD, HANDSHAKE_TIMEOUT, DRAINING, MAX_WEBSOCKETS, MAX_CONNECTIONS -> List.of(503);
            case HANDSHAKE -> List.of(400, 426);
            case MALFORMED -> List.of(400);
            case UNSUPPORTED -> List.of(417, 501, 505);
            case MAX_HEADER_BYTES, MAX_HEADER_FIELDS -> List.of(431);
            case HEADER_TIMEOUT, BODY_TIMEOUT -> List.of(408);
        };
    }

    /** An application may use any status, which would create as many series: the others share one. */
    private static boolean isUnusual(RefusalCounters.Kind kind) {
        return !statuses(kind.reason()).contains(kind.status());
    }
}
