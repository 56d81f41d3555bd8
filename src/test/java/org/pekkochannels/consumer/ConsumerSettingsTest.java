package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pekkochannels.settings.BoundsContract;
import org.pekkochannels.settings.Manual;

class ConsumerSettingsTest extends BoundsContract {
    ConsumerSettingsTest() {
        super("channels.consumer");
    }

    @Override
    protected void read(Config root) {
        ConsumerSettings.of(root);
    }

    @Test
    void hasDefaults() {
        assertThat(ConsumerSettings.of(Manual.defaults()))
                .isEqualTo(new ConsumerSettings(
                        Duration.ofSeconds(30),
                        Optional.empty(),
                        1000,
                        16,
                        ConsumerSettings.MalformedJson.CLOSE,
                        Optional.of(Duration.ofMillis(200)),
                        Duration.ofSeconds(10),
                        Optional.of(Duration.ofSeconds(30)),
                        1000,
                        false));
    }
}
