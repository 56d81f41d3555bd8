package org.pekkochannels.bench;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What a node has received: a count, how long the texts took, and which are missing or came twice. Thread-safe. */
final class BusReceiver {
    private static final int TEXT = 100;

    private final AtomicLong count = new AtomicLong();
    // Guarded by this.
    private final Latencies latencies = new Latencies();
    private final Map<String, Long> last = new HashMap<>();
    private long missing;
    private long repeated;

    /** A text that says by whom it was sent, as which of its texts, and when. */
    static String text(String sender, long number, long nanos) {
        String text = sender + " " + number + " " + nanos + " ";
        return text + "x".repeat(Math.max(0, TEXT - text.length()));
    }

    /** Counts only. */
    void count(String text) {
        count.lazySet(count.get() + 1);
    }

    long count() {
        return count.get();
    }

    /** Counts, and looks at everything. */
    synchronized void read(String text) {
        String[] parts = text.split(" ", 4);
        latencies.add(System.nanoTime() - Long.parseLong(parts[2]));
        long number = Long.parseLong(parts[1]);
        Long before = last.put(parts[0], number);
        if (before != null && number > before) {
            missing += number - before - 1;
        } else if (before != null) {
            repeated++;
        }
        count.incrementAndGet();
    }

    /** A line, and begins anew with the latencies. */
    synchronized String report() {
        String report = String.format(
                Locale.ROOT,
                "count=%d p50=%.2f p99=%.2f missing=%d repeated=%d last=%s",
                latencies.count(),
                latencies.micros(0.5) / 1e3,
                latencies.micros(0.99) / 1e3,
                missing,
                repeated,
                last.toString().replace(" ", ""));
        latencies.clear();
        return report;
    }
}
