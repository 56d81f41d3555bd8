package org.pekkochannels.edge;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the connections that were closed without an answer, by the limit that they exceeded. Thread-safe. */
final class CutConnectionCounters {
    private final Map<Limit, LongAdder> counters = new ConcurrentHashMap<>();

    /** The limits of {@code channels.http} that can be exceeded when no answer is possible. */
    enum Limit {
        /** The head of a later request was not completed in time; a first request is answered 408. */
        HEADER_TIMEOUT,
        /** The body of a request was not completed in time after its response had begun; before that it is answered 408. */
        BODY_TIMEOUT,
        /** A plain HTTP connection was idle for too long, or its client did not take the last answer. */
        IDLE_TIMEOUT,
        /** There were too many connections, and too many that were being answered 503. */
        MAX_CONNECTIONS,
        /** A trusted proxy sent no valid PROXY protocol header; a key of {@code channels.netty}. */
        PROXY_PROTOCOL,
        /** A WebSocket, or the answer to a request, did not end in time during the shutdown. */
        SHUTDOWN_GRACE;

        /** The key that sets it, within {@code channels.http}. */
        String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    void count(Limit limit) {
        count(limit, 1);
    }

    void count(Limit limit, int connections) {
        counters.computeIfAbsent(limit, first -> new LongAdder()).add(connections);
    }

    /** A snapshot of the limits that were exceeded, by their keys. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        counters.forEach((limit, count) -> counts.put(limit.key(), count.sum()));
        return counts;
    }
}
