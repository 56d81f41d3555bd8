package org.pekkochannels.consumer;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.settings.Settings;

/** The keys of {@code channels.consumer}. Immutable. */
record ConsumerSettings(
        Duration disconnectTimeout,
        Optional<Duration> deadline,
        int maxGroups,
        int maxTimers,
        MalformedJson malformedJson,
        Optional<Duration> turnWarning,
        Duration warmUp,
        Optional<Duration> stageWarning,
        int maxForeignCalls,
        boolean logContext) {
    private static final Duration SHORTEST = Duration.ofMillis(10);

    /** The default reaction of a JSON consumer to a text that is not JSON of its type. */
    enum MalformedJson {
        CLOSE,
        IGNORE
    }

    static ConsumerSettings of(Config config) {
        Settings settings = Settings.of(config, "channels.consumer");
        return new ConsumerSettings(
                settings.duration("disconnect-timeout", SHORTEST, Duration.ofHours(1)),
                settings.durationOrOff("deadline", Duration.ofMillis(1), Duration.ofHours(1)),
                settings.integer("max-groups", 1, 1_000_000),
                settings.integer("max-timers", 0, 1000),
                settings.choice("malformed-json", MalformedJson.class),
                settings.durationOrOff("turn-warning", SHORTEST, Duration.ofHours(1)),
                settings.duration("warm-up", Duration.ZERO, Duration.ofMinutes(10)),
                settings.durationOrOff("stage-warning", SHORTEST, Duration.ofHours(24)),
                settings.integer("max-foreign-calls", 1, 1_000_000),
                settings.flag("log-context"));
    }
}
