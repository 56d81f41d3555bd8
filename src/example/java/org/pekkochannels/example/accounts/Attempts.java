package org.pekkochannels.example.accounts;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Failed logins of this process, by address or by name: after so many of them within ten minutes, a further one is not tried. Thread-safe. */
final class Attempts {
    private static final long SPAN = Duration.ofMinutes(10).toNanos();
    // Those that failed last. An attacker with more addresses is slowed down by the limit per name.
    private static final int MAX_KEYS = 10_000;

    private final int most;
    private final LongSupplier nanoTime;
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_KEYS;
        }
    };

    Attempts(int most, LongSupplier nanoTime) {
        this.most = most;
        this.nanoTime = nanoTime;
    }

    private record Failures(int count, long first) {}

    synchronized boolean mayTry(String key) {
        return recent(key).count() < most;
    }

    synchronized void failed(String key) {
        Failures recent = recent(key);
        failures.put(key, new Failures(recent.count() + 1, recent.first()));
    }

    private Failures recent(String key) {
        long now = nanoTime.getAsLong();
        Failures known = failures.get(key);
        return known == null || now - known.first() > SPAN ? new Failures(0, now) : known;
    }
}
