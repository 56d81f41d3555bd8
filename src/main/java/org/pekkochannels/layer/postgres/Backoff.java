package org.pekkochannels.layer.postgres;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between attempts to connect, with full jitter, so that all nodes do not connect to a returning server at once. Confined to a thread. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private long most = 0;

    void reset() {
        most = 0;
    }

    /** Waits; the first attempt after a loss is made at once. Returns false if the thread is interrupted. */
    boolean pause() {
        long millis = most == 0 ? 0 : ThreadLocalRandom.current().nextLong(most + 1);
        most = Math.min(LONGEST.toMillis(), Math.max(FIRST.toMillis(), 2 * most));
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException closing) {
            return false;
        }
    }
}
