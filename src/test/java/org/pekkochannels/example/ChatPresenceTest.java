package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is in a room of the chat, as clients see it that give their names. */
@Tag("edge")
final class ChatPresenceTest {
    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void twoDevicesOfOneNameAreOneEntry() throws Exception {
        try (Visitor phone = Visitor.enter(server, "desk", "Ada");
                Visitor laptop = Visitor.enter(server, "desk", "Ada");
                Visitor bob = Visitor.enter(server, "desk", "%20Bob%20")) {
            assertThat(phone.waitFor(Map.of("Ada", 2, "Bob", 1))).isEmpty();
            assertThat(laptop.waitFor(Map.of("Ada", 2, "Bob", 1))).isEmpty();
            assertThat(bob.waitFor(Map.of("Ada", 2, "Bob", 1))).isEmpty();
        }
    }

    @Test
    void whoComesBackWithinTheGraceHasNotLeft() throws Exception {
        try (Visitor ada = Visitor.enter(server, "tunnel", "Ada")) {
            try (Visitor bob = Visitor.enter(server, "tunnel", "Bob")) {
                bob.waitFor(Map.of("Ada", 1, "Bob", 1));
                ada.waitFor(Map.of("Ada", 1, "Bob", 1));
            }

            try (Visitor bob = Visitor.enter(server, "tunnel", "Bob");
                    Visitor carl = Visitor.enter(server, "tunnel", "Carl")) {
                assertThat(bob.waitFor(Map.of("Ada", 1, "Bob", 1, "Carl", 1))).isEmpty();
                assertThat(carl.waitFor(Map.of("Ada", 1, "Bob", 1, "Carl", 1))).isEmpty();
                assertThat(ada.waitFor(Map.of("Ada", 1, "Bob", 1, "Carl", 1))).isEmpty();
            }
        }
    }

    @Test
    void whoStaysAwayHasLeft(@TempDir Path own) throws Exception {
        try (ExampleServer hasty = ExampleServer.start(own, "channels.layer.presence.grace", "100ms");
                Visitor ada = Visitor.enter(hasty, "door", "Ada")) {
            try (Visitor bob = Visitor.enter(hasty, "door", "Bob")) {
                bob.waitFor(Map.of("Ada", 1, "Bob", 1));
                ada.waitFor(Map.of("Ada", 1, "Bob", 1));
            }

            assertThat(ada.waitFor(Map.of("Ada", 1))).containsExactly("Bob");
        }
    }

    @Test
    void namesAreDataWhateverTheyAre() throws Exception {
        try (Visitor odd = Visitor.enter(server, "odd", "__proto__");
                Visitor cat = Visitor.enter(server, "odd", "%F0%9F%90%88%00")) {
            odd.waitFor(Map.of("__proto__", 1, "🐈\uFFFD", 1));
            cat.waitFor(Map.of("__proto__", 1, "🐈\uFFFD", 1));
        }
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThatThrownBy(() -> Visitor.enter(server, "hall", "x".repeat(41)))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(400));
    }

    /** A client with a name, which keeps who is there as a page does. */
    private record Visitor(Client client, Map<String, Set<String>> present) implements AutoCloseable {
        static Visitor enter(ExampleServer server, String room, String name) {
            Client client = Client.open(server.socket("/ws/chat/" + room + "/?history=0&name=" + name));
            assertThat(client.text()).startsWith("{\"history\":0,");
            return new Visitor(client, new TreeMap<>());
        }

        /** The names that were reported as left until these were present, each with a number of connections. */
        Set<String> waitFor(Map<String, Integer> names) throws Exception {
            Set<String> left = new TreeSet<>();
            while (!counts().equals(names)) {
                JsonNode frame = client.json();
                assertThat(frame.get("type").textValue()).isEqualTo("presence");
                apply(frame);
                frame.get("leaves").fieldNames().forEachRemaining(left::add);
            }
            return left;
        }

        private void apply(JsonNode frame) {
            if (frame.get("state").booleanValue()) {
                present.clear();
            }
            frame.get("joins")
                    .properties()
                    .forEach(joined ->
                            joined.getValue().fieldNames().forEachRemaining(references(joined.getKey())::add));
            frame.get("leaves")
                    .properties()
                    .forEach(gone -> gone.getValue()
                            .forEach(reference -> references(gone.getKey()).remove(reference.textValue())));
            present.values().removeIf(Set::isEmpty);
        }

        private Set<String> references(String name) {
            return present.computeIfAbsent(name, any -> new TreeSet<>());
        }

        private Map<String, Integer> counts() {
            Map<String, Integer> counts = new TreeMap<>();
            present.forEach((name, references) -> counts.put(name, references.size()));
            return counts;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
