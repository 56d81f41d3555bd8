package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code reference.conf} is the manual: each key is explained there, and each is read and checked at start. */
class ReferenceConfTest {
    // What any text may be: nothing to check at start but what the database itself says.
    private static final Set<String> ANY_TEXT = Set.of("channels.database.user", "channels.database.password");

    // A dispatcher's own keys are read, and checked, by Pekko.
    private static final String PEKKOS = "channels.database.dispatcher.";

    static Stream<String> keys() {
        return ConfigFactory.load().getConfig("channels").entrySet().stream()
                .map(entry -> "channels." + entry.getKey())
                .sorted();
    }

    static Stream<String> checkedKeys() {
        return keys().filter(key -> !ANY_TEXT.contains(key) && !key.startsWith(PEKKOS));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void explainsEachKey(String key) throws IOException {
        String name = key.substring(key.lastIndexOf('.') + 1);

        assertThat(reference())
                .as("a comment stands above '%s'", name)
                .containsPattern("(?m)^ *#.*\\R *" + name + " = ");
    }

    @ParameterizedTest
    @MethodSource("checkedKeys")
    void refusesNonsenseInEachKey(String key) {
        String edge = key.startsWith("channels.netty.") ? "netty" : "http";
        Config nonsense = ConfigFactory.parseMap(Map.of(key, "no/such/thing"))
                .withFallback(ConfigFactory.parseMap(Map.of("channels.edge", edge)))
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

    private static String reference() throws IOException {
        try (InputStream file = ReferenceConfTest.class.getResourceAsStream("/reference.conf")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
