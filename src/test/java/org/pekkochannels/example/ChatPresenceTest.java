package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** Who is in a room of the chat, as clients see it that give their names. */
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class ChatPresenceTest {
    private static final Duration TICKS = Duration.ofSeconds(3);
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final TestApplication app;

    ChatPresenceTest(TestApplication app) {
        this.app = app;
    }

    @Test
    void twoDevicesOfOneNameAreOneEntry() {
        Visitor phone = enter("desk", "Ada");
        Visitor laptop = enter("desk", "Ada");
        Visitor bob = enter("desk", "%20Bob%20");

        app.passes(TICKS);

        for (Visitor visitor : Set.of(phone, laptop, bob)) {
            assertThat(visitor.left()).isEmpty();
            assertThat(visitor.counts()).isEqualTo(Map.of("Ada", 2, "Bob", 1));
        }
    }

    @Test
    void whoComesBackWithinTheGraceHasNotLeft() {
        Visitor ada = enter("tunnel", "Ada");
        Visitor away = enter("tunnel", "Bob");
        app.passes(TICKS);
        assertThat(ada.left()).isEmpty();
        away.client().cutOff();
        app.passes(TICKS);

        Visitor bob = enter("tunnel", "Bob");
        Visitor carl = enter("tunnel", "Carl");
        app.passes(GRACE);

        for (Visitor visitor : Set.of(ada, bob, carl)) {
            assertThat(visitor.left()).isEmpty();
            assertThat(visitor.counts()).isEqualTo(Map.of("Ada", 1, "Bob", 1, "Carl", 1));
        }
    }

    @Test
    void whoStaysAwayHasLeft() {
        Visitor ada = enter("door", "Ada");
        Visitor bob = enter("door", "Bob");
        app.passes(TICKS);
        assertThat(ada.left()).isEmpty();
        assertThat(ada.counts()).isEqualTo(Map.of("Ada", 1, "Bob", 1));
        bob.client().cutOff();

        app.passes(GRACE);

        assertThat(ada.left()).containsExactly("Bob");
        assertThat(ada.counts()).isEqualTo(Map.of("Ada", 1));
    }

    @Test
    void namesAreDataWhateverTheyAre() {
        Visitor odd = enter("odd", "__proto__");
        Visitor cat = enter("odd", "%F0%9F%90%88%00");

        app.passes(TICKS);

        for (Visitor visitor : Set.of(odd, cat)) {
            assertThat(visitor.left()).isEmpty();
            assertThat(visitor.counts()).isEqualTo(Map.of("__proto__", 1, "🐈\uFFFD", 1));
        }
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThat(app.request("/ws/chat/hall/?history=0&name=" + "x".repeat(41))
                        .refused()
                        .status())
                .isEqualTo(400);
    }

    private Visitor enter(String room, String name) {
        WebSocketCommunicator client = app.connect("/ws/chat/" + room + "/?history=0&name=" + name);
        assertThat(client.receiveText()).startsWith("{\"history\":0,");
        return new Visitor(client, new TreeMap<>());
    }

    /** A client with a name, which keeps who is there as a page does. */
    private record Visitor(WebSocketCommunicator client, Map<String, Set<String>> present) {
        /** The names that were reported as left until now. */
        Set<String> left() {
            Set<String> left = new TreeSet<>();
            for (JsonNode frame : client.receiveAllJson(JsonNode.class)) {
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
    }
}
