package org.pekkochannels.consumer;

import com.typesafe.config.Config;
import java.time.Duration;
import org.pekkochannels.settings.Settings;

/** The keys of {@code channels.worker}. Immutable. */
record WorkerSettings(Duration minBackoff, Duration maxBackoff) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    // Beyond, the factor would not fit into an int; the maximum is reached long before.
    private static final int MOST_DOUBLINGS = 20;

    static WorkerSettings of(Config config) {
        Settings settings = Settings.of(config, "channels.worker");
        return new WorkerSettings(
                settings.duration("min-backoff", SHORTEST, Duration.ofMinutes(1)),
                settings.duration("max-backoff", SHORTEST, Duration.ofHours(1)));
    }

    /** How long to wait after this many failures in succession: not at all after the first. */
    Duration backoff(int failures) {
        if (failures <= 1) {
            return Duration.ZERO;
        }
        Duration doubled = minBackoff.multipliedBy(1L << Math.min(failures - 2, MOST_DOUBLINGS));
        return doubled.compareTo(maxBackoff) < 0 ? doubled : maxBackoff;
    }
}
