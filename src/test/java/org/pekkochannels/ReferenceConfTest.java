package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.settings.Bounds;
import org.pekkochannels.settings.Manual;

/** {@code reference.conf} is the manual: each key is explained there, and each is read and checked at start. */
class ReferenceConfTest {
    // What any text may be: nothing to check at start but what the database or the site itself says.
    private static final Set<String> ANY_TEXT = Set.of(
            "channels.database.user",
            "channels.database.password",
            "channels.django.secret-key",
            "channels.django.session-salt",
            "channels.django.password-salt",
            "channels.layer.postgres.user",
            "channels.layer.postgres.password");

    // A dispatcher's own keys are read, and checked, by Pekko.
    private static final List<String> PEKKOS =
            List.of("channels.database.dispatcher.", "channels.layer.cluster.dispatcher.");

    static Stream<String> keys() {
        return ConfigFactory.load().getConfig("channels").entrySet().stream()
                .map(entry -> "channels." + entry.getKey())
                .sorted();
    }

    static Stream<String> checkedKeys() {
        return keys().filter(key -> !ANY_TEXT.contains(key) && PEKKOS.stream().noneMatch(key::startsWith));
    }

    static Stream<Manual.Key> manual() {
        return Manual.keys();
    }

    static Stream<Manual.Key> amounts() {
        return Manual.keys().filter(key -> key.isAmount() && PEKKOS.stream().noneMatch(key.path()::startsWith));
    }

    @Test
    void hasEachKey() {
        assertThat(manual().map(Manual.Key::path)).containsExactlyElementsOf(keys().toList());
    }

    @ParameterizedTest
    @MethodSource("manual")
    void saysTheDefaultOfEachKeyRightAboveIt(Manual.Key key) {
        assertThat(key.comment())
                .as("the comment above '%s'", key)
                .containsPattern("(?i:\\bdefault) " + Pattern.quote(key.shown()) + "(?!\\w)")
                .hasSizeGreaterThan(2 * ("Default " + key.shown()).length());
    }

    @ParameterizedTest
    @MethodSource("amounts")
    void saysTheBoundsOfEachAmountRightAboveIt(Manual.Key key) {
        assertThat(Bounds.of(key)).as("the bounds in '%s'", key.comment()).isPresent();
    }

    @ParameterizedTest
    @MethodSource("checkedKeys")
    void refusesNonsenseInEachKey(String key) {
        String edge = key.startsWith("channels.netty.") ? "netty" : "http";
        String layer = key.startsWith("channels.layer.cluster.")
                ? "cluster"
                : key.startsWith("channels.layer.postgres.") ? "postgres" : "in-memory";
        Config nonsense = ConfigFactory.parseMap(Map.of(key, "no/such/thing"))
                .withFallback(ConfigFactory.parseMap(Map.of("channels.edge", edge, "channels.layer.type", layer)))
                .withFallback(ConfigFactory.parseString("""
                        channels.http.port = 0
                        channels.database.url = "jdbc:h2:mem:reference"
                        """))
                .withFallback(ConfigFactory.load())
                .resolve();

        assertThatThrownBy(() -> Channels.load(nonsense).start().stop()).hasMessageContaining(key);
    }

    @Test
    void startsWithWhatItSays() {
        Config asIs = ConfigFactory.parseString("""
                        channels.http.port = 0
                        channels.database.url = "jdbc:h2:mem:reference"
                        """)
                .withFallback(ConfigFactory.load())
                .resolve();

        ChannelsServer server = Channels.load(asIs).start();

        assertThat(server.address().getPort()).isPositive();
        server.stop().toCompletableFuture().join();
    }
}
