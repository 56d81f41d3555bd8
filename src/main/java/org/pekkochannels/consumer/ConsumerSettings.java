package org.pekkochannels.consumer;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.settings.Settings;

/** The keys of {@code channels.consumer}; immutable. */
record ConsumerSettings(Duration disconnectTimeout, Optional<Duration> deadline, MalformedJson malformedJson) {
    /** What a JSON consumer does by default with a text that is no JSON of its type. */
    enum MalformedJson {
        CLOSE,
        IGNORE
    }

    static ConsumerSettings of(Config config) {
        Settings settings = Settings.of(config, "channels.consumer");
        return new ConsumerSettings(
                settings.duration("disconnect-timeout", Duration.ofMillis(10), Duration.ofHours(1)),
                settings.text("deadline").equals("off")
                        ? Optional.empty()
                        : Optional.of(settings.duration("deadline", Duration.ofMillis(1), Duration.ofHours(1))),
                settings.choice("malformed-json", MalformedJson.class));
    }
}
