package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chat as a program sees it: the frames of the tutorial, and what we added to them. */
@Tag("edge")
final class ChatProtocolTest {
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
    void everybodyInTheRoomHearsAMessageTheSenderToo() throws Exception {
        try (Client ada = enter("/ws/chat/hall/");
                Client bob = enter("/ws/chat/hall/")) {
            ada.send("{\"message\":\"hello\"}");

            assertThat(ada.text()).isEqualTo("{\"message\":\"hello\"}");
            assertThat(bob.text()).isEqualTo("{\"message\":\"hello\"}");
        }
    }

    @Test
    void readsTheSpacedJsonOfPythonAndItsEscapes() throws Exception {
        try (Client ada = enter("/ws/chat/python/")) {
            ada.send("{\"message\": \"h\\u00e9llo \\u2603\"}");

            assertThat(ada.json().get("message").textValue()).isEqualTo("héllo ☃");
        }
    }

    @Test
    void passesOnAnEmptyMessageAsTheTutorialDoes() throws Exception {
        try (Client ada = enter("/ws/chat/silence/")) {
            ada.send("{\"message\":\"\"}");

            assertThat(ada.text()).isEqualTo("{\"message\":\"\"}");
        }
    }

    @Test
    void aMessageStaysInItsRoom() throws Exception {
        try (Client one = enter("/ws/chat/room_1/");
                Client two = enter("/ws/chat/room_2/")) {
            one.send("{\"message\":\"hello\"}");
            assertThat(one.text()).contains("hello");

            two.send("{\"message\":\"world\"}");

            assertThat(two.text()).contains("world");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a-b.c", "two%20words", "%D0%BA%D0%BE%D1%88%D0%BA%D0%B0%E2%98%83%F0%9F%90%88", "%3Cb%3E&%25%3F+"
            })
    void aRoomMayHaveAnyName(String encoded) throws Exception {
        try (Client ada = enter("/ws/chat/" + encoded + "/");
                Client bob = enter("/ws/chat/" + encoded + "/")) {
            ada.send("{\"message\":\"hello\"}");

            assertThat(bob.text()).isEqualTo("{\"message\":\"hello\"}");
        }
    }

    @Test
    void whoAsksForHistoryGetsItFirstWithNamesTimesAndIds() throws Exception {
        try (Client ada = enterWithHistory(server, "/ws/chat/library/", 0);
                Client tutorial = enter("/ws/chat/library/")) {
            ada.send("{\"message\":\"one\",\"name\":\"Ada\"}");
            ada.send("{\"message\":\"two\",\"name\":\" Ada \"}");
            ada.text();
            JsonNode live = ada.json();

            try (Client bob = enterWithHistory(server, "/ws/chat/library/", 50)) {
                assertThat(bob.json().get("message").textValue()).isEqualTo("one");
                assertThat(bob.json()).isEqualTo(withoutPosition(live));
            }

            assertThat(live.get("name").textValue()).isEqualTo("Ada");
            assertThat(live.get("id").isIntegralNumber()).isTrue();
            assertThat(live.get("time").asLong()).isCloseTo(System.currentTimeMillis(), within(60_000L));
            assertThat(tutorial.text()).isEqualTo("{\"message\":\"one\"}");
        }
    }

    @Test
    void historyIsTheLastMessagesInTheirOrder() throws Exception {
        try (Client ada = enter("/ws/chat/archive/")) {
            for (int i = 0; i < 10; i++) {
                ada.send("{\"message\":\"" + i + "\"}");
                ada.text();
            }

            try (Client bob = enter("/ws/chat/archive/?history=3")) {
                assertThat(bob.json().get("history").intValue()).isEqualTo(3);
                assertThat(List.of(message(bob), message(bob), message(bob))).containsExactly("7", "8", "9");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"51", "-1", "", "many", "2147483648"})
    void refusesAHistoryOutOfBounds(String history) {
        assertThatThrownBy(() -> enter("/ws/chat/hall/?history=" + history))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(400));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%00b", "%20", "a%0Ab"})
    void refusesARoomThatCannotBeShown(String encoded) {
        assertThatThrownBy(() -> enter("/ws/chat/" + encoded + "/"))
                .cause()
                .isInstanceOfSatisfying(
                        WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(400));
    }

    @Test
    void whoJoinsWhileOthersWriteMissesNothingAndSeesNothingTwice() throws Exception {
        int each = 40;
        try (Client ada = enterWithHistory(server, "/ws/chat/crowd/", 0);
                Client bob = enterWithHistory(server, "/ws/chat/crowd/", 0)) {
            List<Client> joining = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                ada.send("{\"message\":\"from Ada\"}");
                bob.send("{\"message\":\"from Bob\"}");
                if (i % 10 == 5) {
                    joining.add(enterWithHistory(server, "/ws/chat/crowd/", 50));
                }
            }
            List<Long> all = ids(ada, 2 * each);
            long last = all.stream().mapToLong(id -> id).max().orElseThrow();

            for (Client client : joining) {
                // The first is not always the least: of two that are saved at once, either may be told first.
                SortedSet<Long> seen = new TreeSet<>(List.of(id(client)));
                while (seen.size()
                        < all.stream().filter(id -> id >= seen.first()).count()) {
                    assertThat(seen.add(id(client))).as("seen once").isTrue();
                }
                assertThat(seen)
                        .containsExactlyElementsOf(LongStream.rangeClosed(seen.first(), last)
                                .boxed()
                                .toList());
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no JSON", "{\"message\":\"a\"", "{\"message\":\"a\"} x"})
    void closesWith1007ForMalformedJson(String text) {
        try (Client ada = enter("/ws/chat/hall/")) {
            ada.send(text);

            assertThat(ada.closed()).isEqualTo("1007 malformed JSON");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "null", "{\"message\":{}}"})
    void closesWith1008ForJsonOfAnotherShape(String text) {
        try (Client ada = enter("/ws/chat/hall/")) {
            ada.send(text);

            assertThat(ada.closed()).startsWith("1008 invalid message");
        }
    }

    @Test
    void saysWhichBoundAFrameBreaks() {
        try (Client wordy = enter("/ws/chat/hall/");
                Client named = enter("/ws/chat/hall/");
                Client silent = enter("/ws/chat/hall/")) {
            wordy.send("{\"message\":\"" + "x".repeat(2001) + "\"}");
            named.send("{\"message\":\"\",\"name\":\"" + "x".repeat(41) + "\"}");
            silent.send("{\"name\":\"Ada\"}");

            assertThat(wordy.closed()).isEqualTo("1008 a message has at most 2000 characters, was 2001");
            assertThat(named.closed()).isEqualTo("1008 a name has at most 40 characters, was 41");
            assertThat(silent.closed()).isEqualTo("1008 a frame needs a \"message\"");
        }
    }

    @Test
    void halfACharacterAndNulDoNoHarmToARoom() throws Exception {
        try (Client ada = enter("/ws/chat/odd/")) {
            ada.send("{\"message\":\"a\\ud83d b\\u0000\"}");

            assertThat(ada.json().get("message").textValue()).isEqualTo("a? b\uFFFD");
        }
        try (Client bob = enterWithHistory(server, "/ws/chat/odd/", 50)) {
            assertThat(message(bob)).isEqualTo("a? b\uFFFD");
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

            try (Client bob = enterWithHistory(other, "/ws/chat/lobby/", 50)) {
                assertThat(message(bob)).isEqualTo("remember me");
            }
        }
    }

    private static Client enter(String target) {
        return Client.open(server.socket(target));
    }

    /** Passes over the first frame, the number of stored messages. */
    private static Client enterWithHistory(ExampleServer entered, String path, int history) throws Exception {
        Client client = Client.open(entered.socket(path + "?history=" + history));
        assertThat(client.json().get("history").isIntegralNumber()).isTrue();
        return client;
    }

    private static JsonNode withoutPosition(JsonNode live) {
        assertThat(live.get("position").textValue()).isNotEmpty();
        return live.<ObjectNode>deepCopy().without("position");
    }

    private static String message(Client client) throws Exception {
        return client.json().get("message").textValue();
    }

    private static long id(Client client) throws Exception {
        return client.json().get("id").longValue();
    }

    private static List<Long> ids(Client client, int count) throws Exception {
        List<Long> ids = new ArrayList<>();
        while (ids.size() < count) {
            ids.add(id(client));
        }
        return ids;
    }
}
