package org.pekkochannels.edge;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.pekkochannels.protocol.Refusal;

/** Counts the requests that were refused, by HTTP status and reason. Thread-safe. */
final class RefusalCounters {
    private final Map<Kind, LongAdder> counters = new ConcurrentHashMap<>();

    /** Refusals that are counted together. */
    record Kind(int status, Refusal.Reason reason) {}

    void count(Refusal refusal) {
        counters.computeIfAbsent(new Kind(refusal.status(), refusal.reason()), first -> new LongAdder())
                .increment();
    }

    /** The number of refusals of some kinds. */
    long sum(Predicate<Kind> kinds) {
        return counters.entrySet().stream()
                .filter(counter -> kinds.test(counter.getKey()))
                .mapToLong(counter -> counter.getValue().sum())
                .sum();
    }

    /** A snapshot, in the order of the statuses. */
    Map<Integer, Long> counts() {
        Map<Integer, Long> counts = new TreeMap<>();
        counters.forEach((kind, count) -> counts.merge(kind.status(), count.sum(), Long::sum));
        return counts;
    }
}
