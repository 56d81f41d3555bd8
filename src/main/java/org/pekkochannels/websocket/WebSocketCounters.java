package org.pekkochannels.websocket;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** The counters behind {@link WebSocketStats}, shared by all sessions of a server. Thread-safe. */
final class WebSocketCounters {
    private final LongAdder opened = new LongAdder();
    private final LongAdder messagesIn = new LongAdder();
    private final LongAdder messagesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder shed = new LongAdder();
    private final LongAdder replaced = new LongAdder();
    // Bounded, because a peer can send only some 2000 close codes.
    private final Map<Integer, LongAdder> closed = new ConcurrentHashMap<>();
    private final Map<Limit, LongAdder> crossed = new EnumMap<>(Limit.class);

    WebSocketCounters() {
        for (Limit limit : Limit.values()) {
            crossed.put(limit, new LongAdder());
        }
    }

    void opened() {
        opened.increment();
    }

    void closed(int code) {
        closed.computeIfAbsent(code, unseen -> new LongAdder()).increment();
    }

    void received(int messages, int bytes) {
        bytesIn.add(bytes);
        if (messages > 0) {
            messagesIn.add(messages);
        }
    }

    void sent(int messages, int bytes) {
        bytesOut.add(bytes);
        messagesOut.add(messages);
    }

    void dropped(int messages) {
        dropped.add(messages);
    }

    void shed(int messages) {
        shed.add(messages);
    }

    void replaced() {
        replaced.increment();
    }

    void crossed(Limit limit) {
        LongAdder counter = crossed.get(limit);
        if (counter != null) {
            counter.increment();
        }
    }

    WebSocketStats stats() {
        return new WebSocketStats(
                opened.sum(),
                sums(closed),
                messagesIn.sum(),
                messagesOut.sum(),
                bytesIn.sum(),
                bytesOut.sum(),
                dropped.sum(),
                shed.sum(),
                replaced.sum(),
                sums(crossed));
    }

    private static <K> Map<K, Long> sums(Map<K, LongAdder> counters) {
        return counters.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, counter -> counter.getValue().sum()));
    }
}
