package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionSettingsTest {
    @Test
    void hasDefaults() {
        assertThat(SessionSettings.of(ConfigFactory.load("no-such-file")))
                .isEqualTo(new SessionSettings(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        new SessionTimes(
                                Duration.ofSeconds(3),
                                Optional.of(Duration.ofSeconds(25)),
                                Duration.ofSeconds(8),
                                Optional.empty(),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(10)),
                        new SessionBounds(65_536, 64, 65_536, 1_048_576),
                        SlowReader.CLOSE,
                        new CompressionSettings(false, 1024, 6)));
    }

    @Test
    void refusesWhatIsOutOfBounds() {
        Config root = ConfigFactory.parseString("channels.websocket.max-frames = 0")
                .withFallback(ConfigFactory.load("no-such-file"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SessionSettings.of(root))
                .withMessageContaining("channels.websocket.max-frames")
                .withMessageContaining("must be a whole number from 1 to 1000000, was '0'");
    }
}
