package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.settings.BoundsContract;
import org.pekkochannels.settings.Manual;
import org.pekkochannels.websocket.codec.CompressionSettings;

class SessionSettingsTest extends BoundsContract {
    SessionSettingsTest() {
        super("channels.websocket");
    }

    @Override
    protected void read(Config root) {
        SessionSettings.of(root);
    }

    @Test
    void hasDefaults() {
        assertThat(SessionSettings.of(Manual.defaults()))
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
                        new LeaseTimes(Duration.ofSeconds(60), Duration.ofSeconds(25)),
                        new SessionBounds(65_536, 64, 65_536, 1_048_576),
                        SlowReader.CLOSE,
                        new CompressionSettings(false, 1024, 6)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ping-interval", "idle-timeout"})
    void saysThatATimeMayBeOff(String key) {
        Config root =
                ConfigFactory.parseString("channels.websocket." + key + " = 0s").withFallback(Manual.defaults());

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SessionSettings.of(root))
                .withMessageContaining("'channels.websocket." + key
                        + "': must be 'off' or a length of time (250ms, 10s, 5m) from 10ms to");
    }
}
