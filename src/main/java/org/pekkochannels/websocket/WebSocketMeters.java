package org.pekkochannels.websocket;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** The metrics of a server's sessions, read from {@link WebSocketStats}. */
public final class WebSocketMeters {
    // All close codes except those of libraries and applications.
    private static final List<Integer> CODES =
            List.of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014);

    private WebSocketMeters() {}

    /**
     * Registers the metrics of a server's sessions. The creator of the sessions calls it, once.
     *
     * @param meters the actor system's meters
     * @param stats reads the counters
     */
    public static void watch(Meters meters, Supplier<WebSocketStats> stats) {
        meters.counter(
                Measure.of("channels.websocket.opened", "connections", "Connections attached after their 101."),
                () -> stats.get().opened());
        traffic(meters, stats);
        closed(meters, stats);
        Measure crossed = Measure.of("channels.websocket.limits", "crossings", "How often a limit was crossed.");
        for (Limit limit : Limit.values()) {
            meters.counter(crossed.tag("limit", limit.key()), () -> stats.get().crossed(limit));
        }
    }

    private static void traffic(Meters meters, Supplier<WebSocketStats> stats) {
        Measure messages = Measure.of("channels.websocket.messages", "messages", "Messages received and sent.");
        meters.counter(messages.tag("direction", "in"), () -> stats.get().messagesIn());
        meters.counter(messages.tag("direction", "out"), () -> stats.get().messagesOut());
        Measure bytes = Measure.of("channels.websocket.traffic", "bytes", "Bytes received and sent, framing included.");
        meters.counter(bytes.tag("direction", "in"), () -> stats.get().bytesIn());
        meters.counter(bytes.tag("direction", "out"), () -> stats.get().bytesOut());
        meters.counter(
                Measure.of("channels.websocket.dropped", "messages", "Messages sent to connections that had ended."),
                () -> stats.get().dropped());
        meters.counter(
                Measure.of("channels.websocket.shed", "messages", "Messages that slow-reader dropped."),
                () -> stats.get().shed());
        meters.counter(
                Measure.of(
                        "channels.websocket.replaced", "messages", "Messages of relayLatest that newer ones replaced."),
                () -> stats.get().replaced());
    }

    // A peer can send any of some 2000 codes, which would create as many series; each range is one series instead.
    private static void closed(Meters meters, Supplier<WebSocketStats> stats) {
        Measure closed =
                Measure.of("channels.websocket.closed", "connections", "Connections that ended, by close code.");
        CODES.forEach(code -> meters.counter(
                closed.tag("code", code.toString()), () -> stats.get().closed(code)));
        meters.counter(
                closed.tag("code", "3000-3999"), () -> thousand(3, stats.get().closed()));
        meters.counter(
                closed.tag("code", "4000-4999"), () -> thousand(4, stats.get().closed()));
    }

    private static long thousand(int thousand, Map<Integer, Long> closed) {
        return closed.entrySet().stream()
                .filter(entry -> entry.getKey() / 1000 == thousand)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
