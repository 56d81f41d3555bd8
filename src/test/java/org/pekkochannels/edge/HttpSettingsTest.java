package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pekkochannels.settings.BoundsContract;
import org.pekkochannels.settings.Manual;

class HttpSettingsTest extends BoundsContract {
    HttpSettingsTest() {
        super("channels.http");
    }

    @Override
    protected void read(Config root) {
        HttpSettings.of(root);
    }

    @Test
    void hasDefaults() {
        HttpSettings settings = HttpSettings.of(Manual.defaults());

        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8000);
        assertThat(settings.backlog()).isEqualTo(4096);
        assertThat(settings.maxConnections()).isEqualTo(25_000);
        assertThat(settings.maxWebSockets()).isEqualTo(20_000);
        assertThat(settings.health()).isTrue();
        assertThat(settings.maxHeaderBytes()).isEqualTo(16_384);
        assertThat(settings.headerTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.drainDelay()).isZero();
        assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.shutdownBatch()).isEqualTo(500);
        assertThat(settings.tls()).isEmpty();
    }

    @Test
    void takesInterfaceAndPortFromTheEnvironment() {
        HttpSettings settings =
                HttpSettings.of(ConfigFactory.load(ConfigFactory.parseString("HOST = \"::1\", PORT = 8080")));

        assertThat(settings.host()).isEqualTo("::1");
        assertThat(settings.port()).isEqualTo(8080);
    }
}
