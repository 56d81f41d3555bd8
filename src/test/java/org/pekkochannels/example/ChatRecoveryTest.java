package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestEdge;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The chat as a client sees it that comes back with its position. */
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class ChatRecoveryTest {
    private final TestApplication app;

    ChatRecoveryTest(TestApplication app) {
        this.app = app;
    }

    private record Said(String message) {}

    @Test
    void whoComesBackReceivesWhatItMissedAndThenWhatFollows() {
        WebSocketCommunicator ada = app.connect("/ws/chat/return/");
        String position = newPosition("return");
        say(ada, "one", "two", "three");

        WebSocketCommunicator bob = comeBack("return", position);

        assertThat(bob.receiveText()).isEqualTo("{\"history\":0,\"position\":\"" + position + "\",\"recovered\":true}");
        assertThat(messages(bob, 3)).containsExactly("one", "two", "three");
        say(ada, "four");
        assertThat(messages(bob, 1)).containsExactly("four");
        bob.receivesNothing();
    }

    @Test
    void messagesOutliveTheServer() {
        Config kept = keptDatabase("messages");
        try (TestApplication first = start(kept)) {
            WebSocketCommunicator ada = first.connect("/ws/chat/lobby/");
            say(ada, "remember me");
            first.server().stop();
            first.passes(Duration.ofSeconds(10));
            assertThat(ada.closed().code()).isEqualTo(1012);
        }

        try (TestApplication second = start(kept)) {
            WebSocketCommunicator bob = second.connect("/ws/chat/lobby/?history=50");
            bob.receiveText();
            assertThat(messages(bob, 1)).containsExactly("remember me");
        }
    }

    @Test
    void whoIsCutOffAgainAtAnyMissedMessageReceivesEachOnce() {
        WebSocketCommunicator ada = app.connect("/ws/chat/tunnel/");
        String position = newPosition("tunnel");
        say(ada, numbers(0, 20));
        List<String> received = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            WebSocketCommunicator bob = comeBack("tunnel", position);
            assertThat(isRecovered(bob)).isTrue();
            JsonNode missed = bob.receiveJson(JsonNode.class);
            received.add(missed.get("message").textValue());
            position = missed.get("position").textValue();
            bob.cutOff();
        }

        assertThat(received).containsExactly(numbers(0, 20));
        assertThat(isRecovered(comeBack("tunnel", position))).isTrue();
    }

    @Test
    void whoIsAwayForMoreThanTheHistoryReceivesTheNewestStoredMessages() {
        WebSocketCommunicator ada = app.connect("/ws/chat/holiday/");
        String position = newPosition("holiday");
        say(ada, numbers(0, 101));

        WebSocketCommunicator bob = comeBack("holiday", position);

        JsonNode welcome = bob.receiveJson(JsonNode.class);
        assertThat(welcome.get("recovered").booleanValue()).isFalse();
        assertThat(welcome.get("history").intValue()).isEqualTo(50);
        assertThat(messages(bob, 50)).containsExactly(numbers(51, 101));
        assertThat(isRecovered(comeBack("holiday", welcome.get("position").textValue())))
                .isTrue();
    }

    @Test
    void aPositionOfBeforeARestartRecoversNothing() {
        Config kept = keptDatabase("positions");
        String position;
        try (TestApplication first = start(kept)) {
            WebSocketCommunicator ada = first.connect("/ws/chat/port/?history=50");
            ada.receiveText();
            ada.sendJson(new Said("before"));
            position = ada.receiveJson(JsonNode.class).get("position").textValue();
        }

        try (TestApplication second = start(kept)) {
            WebSocketCommunicator bob = second.connect("/ws/chat/port/?history=50&since=" + position);
            JsonNode welcome = bob.receiveJson(JsonNode.class);
            assertThat(welcome.get("recovered").booleanValue()).isFalse();
            assertThat(welcome.get("history").intValue()).isEqualTo(1);
            assertThat(messages(bob, 1)).containsExactly("before");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0:0", "e:99999999999999999999", "%00", "%F0%9F%90%88", "' or 1=1"})
    void aPositionThatIsNoneRecoversNothing(String text) {
        WebSocketCommunicator ada = app.connect("/ws/chat/odd/");

        assertThat(isRecovered(comeBack("odd", text))).isFalse();
        assertThat(isRecovered(comeBack("odd", "x".repeat(2000)))).isFalse();
        assertThat(isRecovered(comeBack("odd", newPosition("even")))).isFalse();
        say(ada, "hello");
    }

    @Test
    void theTutorialsClientReceivesItsFramesOnlyAlsoWithAPosition() {
        String position = newPosition("school");
        WebSocketCommunicator ada = app.connect("/ws/chat/school/");
        say(ada, "one");

        WebSocketCommunicator bob = app.connect("/ws/chat/school/?name=Bob&since=" + position);
        say(ada, "two");

        assertThat(bob.receiveText()).isEqualTo("{\"message\":\"two\"}");
        bob.receivesNothing();
        assertThat(isRecovered(comeBack("school", position))).isTrue();
    }

    private static TestApplication start(Config config) {
        return TestApplication.start(ChatServer::start, TestEdge.MEMORY, config);
    }

    /** With a database that outlives the application. */
    private Config keptDatabase(String name) {
        return ConfigFactory.parseMap(Map.of(
                        "channels.database.url",
                        "jdbc:h2:mem:chat-" + name
                                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                                + ";DB_CLOSE_DELAY=-1"))
                .withFallback(app.system().settings().config());
    }

    private WebSocketCommunicator comeBack(String room, String position) {
        return app.connect(
                "/ws/chat/" + room + "/?history=50&since=" + URLEncoder.encode(position, StandardCharsets.UTF_8));
    }

    /** Whether the room accepts the position as its newest or an older one. */
    private static boolean isRecovered(WebSocketCommunicator client) {
        return client.receiveJson(JsonNode.class).get("recovered").booleanValue();
    }

    private String newPosition(String room) {
        return comeBack(room, "").receiveJson(JsonNode.class).get("position").textValue();
    }

    private static String[] numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toArray(String[]::new);
    }

    /** Sends as the tutorial's client, and waits for each of the messages. */
    private static void say(WebSocketCommunicator tutorial, String... messages) {
        for (String message : messages) {
            tutorial.sendJson(new Said(message));
            assertThat(tutorial.receiveText()).isEqualTo("{\"message\":\"" + message + "\"}");
        }
    }

    private static List<String> messages(WebSocketCommunicator client, int count) {
        List<String> messages = new ArrayList<>();
        while (messages.size() < count) {
            messages.add(client.receiveJson(JsonNode.class).get("message").textValue());
        }
        return messages;
    }
}
