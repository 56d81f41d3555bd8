package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chat as a client sees it that comes back with its position. */
@Tag("edge")
final class ChatRecoveryTest {
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
    void whoComesBackReceivesWhatItMissedAndThenWhatFollows() throws Exception {
        try (Client ada = Client.open(server.socket("/ws/chat/return/"))) {
            String position = newPosition("return");
            say(ada, "one", "two", "three");

            try (Client bob = comeBack("return", position)) {
                assertThat(bob.json().toString())
                        .isEqualTo("{\"history\":0,\"position\":\"" + position + "\",\"recovered\":true}");
                assertThat(messages(bob, 3)).containsExactly("one", "two", "three");
                say(ada, "four");
                assertThat(messages(bob, 1)).containsExactly("four");
            }
        }
    }

    @Test
    void messagesOutliveTheServer(@TempDir Path own) throws Exception {
        try (ExampleServer other = ExampleServer.start(own)) {
            try (Client ada = Client.open(other.socket("/ws/chat/lobby/"))) {
                ada.send("{\"message\":\"remember me\"}");
                ada.text();
                other.stop();
                assertThat(ada.closed()).startsWith("1012 ");
            }

            other.startAgain();

            try (Client bob = Client.open(other.socket("/ws/chat/lobby/?history=50"))) {
                bob.text();
                assertThat(bob.json().get("message").textValue()).isEqualTo("remember me");
            }
        }
    }

    @Test
    void whoIsCutOffAgainAtAnyMissedMessageReceivesEachOnce() throws Exception {
        try (Client ada = Client.open(server.socket("/ws/chat/tunnel/"))) {
            String position = newPosition("tunnel");
            say(ada, numbers(0, 20));
            List<String> received = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                try (Client bob = comeBack("tunnel", position)) {
                    assertThat(bob.json().get("recovered").booleanValue()).isTrue();
                    JsonNode missed = bob.json();
                    received.add(missed.get("message").textValue());
                    position = missed.get("position").textValue();
                }
            }

            assertThat(received).containsExactly(numbers(0, 20));
            assertThat(comeBackWithNothingMissed("tunnel", position)).isTrue();
        }
    }

    @Test
    void whoIsAwayForMoreThanTheHistoryReceivesTheNewestStoredMessages() throws Exception {
        try (Client ada = Client.open(server.socket("/ws/chat/holiday/"))) {
            String position = newPosition("holiday");
            say(ada, numbers(0, 101));

            try (Client bob = comeBack("holiday", position)) {
                JsonNode welcome = bob.json();
                assertThat(welcome.get("recovered").booleanValue()).isFalse();
                assertThat(welcome.get("history").intValue()).isEqualTo(50);
                assertThat(messages(bob, 50)).containsExactly(numbers(51, 101));
                assertThat(comeBackWithNothingMissed(
                                "holiday", welcome.get("position").textValue()))
                        .isTrue();
            }
        }
    }

    @Test
    void aPositionOfBeforeARestartRecoversNothing(@TempDir Path own) throws Exception {
        try (ExampleServer other = ExampleServer.start(own)) {
            String position;
            try (Client ada = Client.open(other.socket("/ws/chat/port/?history=50"))) {
                ada.json();
                ada.send("{\"message\":\"before\"}");
                position = ada.json().get("position").textValue();
            }
            other.stop();
            other.startAgain();

            try (Client bob = Client.open(other.socket("/ws/chat/port/?history=50&since=" + position))) {
                JsonNode welcome = bob.json();
                assertThat(welcome.get("recovered").booleanValue()).isFalse();
                assertThat(welcome.get("history").intValue()).isEqualTo(1);
                assertThat(messages(bob, 1)).containsExactly("before");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0:0", "e:99999999999999999999", "%00", "%F0%9F%90%88", "' or 1=1"})
    void aPositionThatIsNoneRecoversNothing(String text) throws Exception {
        try (Client ada = Client.open(server.socket("/ws/chat/odd/"));
                Client bob = comeBack("odd", text);
                Client longest = comeBack("odd", "x".repeat(2000))) {
            assertThat(bob.json().get("recovered").booleanValue()).isFalse();
            assertThat(longest.json().get("recovered").booleanValue()).isFalse();
            assertThat(comeBackWithNothingMissed("odd", newPosition("even"))).isFalse();
            say(ada, "hello");
        }
    }

    @Test
    void theTutorialsClientReceivesItsFramesOnlyAlsoWithAPosition() throws Exception {
        String position = newPosition("school");
        try (Client ada = Client.open(server.socket("/ws/chat/school/"))) {
            say(ada, "one");

            try (Client bob = Client.open(server.socket("/ws/chat/school/?name=Bob&since=" + position))) {
                say(ada, "two");
                assertThat(bob.text()).isEqualTo("{\"message\":\"two\"}");
            }
            assertThat(comeBackWithNothingMissed("school", position)).isTrue();
        }
    }

    private static Client comeBack(String room, String position) {
        return Client.open(server.socket(
                "/ws/chat/" + room + "/?history=50&since=" + URLEncoder.encode(position, StandardCharsets.UTF_8)));
    }

    /** Whether the room accepts the position as its newest or an older one. */
    private static boolean comeBackWithNothingMissed(String room, String position) throws Exception {
        try (Client client = comeBack(room, position)) {
            return client.json().get("recovered").booleanValue();
        }
    }

    private static String newPosition(String room) throws Exception {
        try (Client client = comeBack(room, "")) {
            return client.json().get("position").textValue();
        }
    }

    private static String[] numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toArray(String[]::new);
    }

    /** Sends as the tutorial's client, and waits for each of the messages. */
    private static void say(Client tutorial, String... messages) {
        for (String message : messages) {
            tutorial.send("{\"message\":\"" + message + "\"}");
            assertThat(tutorial.text()).isEqualTo("{\"message\":\"" + message + "\"}");
        }
    }

    private static List<String> messages(Client client, int count) throws Exception {
        List<String> messages = new ArrayList<>();
        while (messages.size() < count) {
            messages.add(client.json().get("message").textValue());
        }
        return messages;
    }
}
