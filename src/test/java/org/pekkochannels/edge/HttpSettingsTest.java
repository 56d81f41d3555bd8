package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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
        assertThat(settings.maxHeaderFields()).isEqualTo(100);
        assertThat(settings.headerTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.drainDelay()).isZero();
        assertThat(settings.shutdownGrace()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.shutdownBatch()).isEqualTo(500);
        assertThat(settings.shutdownCode()).isEqualTo(1012);
        assertThat(settings.tls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000", "1002", "1011", "1013", "1012.5", "soon"})
    void refusesAShutdownCodeThatTellsSomethingElse(String code) {
        Config config = ConfigFactory.parseMap(Map.of("channels.http.shutdown-code", code))
                .withFallback(Manual.defaults());

        assertThatThrownBy(() -> HttpSettings.of(config))
                .hasMessageContaining("channels.http.shutdown-code")
                .hasMessageContaining("set 1012 (service restart, the default) or 1001 (going away)")
                .hasMessageContaining("one of these two codes")
                .hasMessageContaining("was '" + code + "'");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "203.0.113.7, false", "no.such.host.invalid, false"})
    void seesBeforeAnEngineDoesWhetherAnInterfaceIsHere(String host, boolean here) {
        Config config = ConfigFactory.parseMap(Map.of("channels.http.interface", host, "channels.http.port", 0))
                .withFallback(Manual.defaults());

        assertThat(HttpSettings.of(config).whyNotFree().isEmpty()).isEqualTo(here);
    }

    private static HttpSettings listeningOn(String host, int port) {
        return HttpSettings.of(
                ConfigFactory.parseMap(Map.of("channels.http.interface", host, "channels.http.port", port))
                        .withFallback(Manual.defaults()));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, http://0.0.0.0:81/",
        "localhost, http://localhost:81/",
        "::, http://[::]:81/",
        "::1, http://[::1]:81/",
        "[::1], http://[::1]:81/"
    })
    void showsTheHostAsItIsConfigured(String host, String uri) {
        assertThat(listeningOn(host, 0).uri(81)).hasToString(uri);
    }

    @ParameterizedTest
    @CsvSource({
        "80, Permission denied, 'set channels.http.port (PORT) to 1024 or higher'",
        "80, Address already in use, 'or channels.http.port (PORT) to a free one'",
        "8000, Permission denied, 'or channels.http.port (PORT) to a free one'"
    })
    void namesTheCureOfAPortThatItCannotHave(int port, String words, String cure) {
        assertThat(listeningOn("127.0.0.1", port).cannotListen(new BindException(words)))
                .hasMessageContaining("cannot listen on 127.0.0.1:" + port + ": " + words)
                .hasMessageContaining(cure);
    }

    @Test
    void takesInterfaceAndPortFromTheEnvironment() {
        HttpSettings settings =
                HttpSettings.of(ConfigFactory.load(ConfigFactory.parseString("HOST = \"::1\", PORT = 8080")));

        assertThat(settings.host()).isEqualTo("::1");
        assertThat(settings.port()).isEqualTo(8080);
    }
}
