package org.pekkochannels.layer;

import com.typesafe.config.Config;
import java.time.Duration;
import org.pekkochannels.settings.Settings;

/** The keys of {@code channels.layer.presence}. Immutable. */
record PresenceSettings(Duration tick, Duration grace, int maxMeta, int maxEntries, int maxPerConnection) {
    /** Those of {@code reference.conf}, for a layer without configuration. */
    static final PresenceSettings DEFAULT =
            new PresenceSettings(Duration.ofSeconds(1), Duration.ofSeconds(15), 4096, 10_000, 16);

    // A part of an event holds at least one entry, and the largest event has 1 MiB.
    private static final int LARGEST_META = 1 << 16;

    static PresenceSettings of(Config config) {
        Settings settings = Settings.of(config, "channels.layer.presence");
        return new PresenceSettings(
                settings.duration("tick", Duration.ofMillis(100), Duration.ofMinutes(1)),
                settings.duration("grace", Duration.ZERO, Duration.ofHours(1)),
                settings.bytes("max-meta", 64, LARGEST_META),
                settings.integer("max-entries", 1, 1_000_000),
                settings.integer("max-per-connection", 1, 1000));
    }
}
