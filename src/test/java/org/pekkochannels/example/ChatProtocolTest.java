package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestEdge;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The chat as a program sees it: the frames of the tutorial, and what we added to them. */
@ChannelsTest(
        value = ChatServer.class,
        over = {TestEdge.MEMORY, TestEdge.HTTP, TestEdge.NETTY},
        config = "include file(\"application.conf\")")
final class ChatProtocolTest {
    private final TestApplication app;

    ChatProtocolTest(TestApplication app) {
        this.app = app;
    }

    private record Said(String message) {}

    @Test
    void everybodyInTheRoomHearsAMessageTheSenderToo() {
        WebSocketCommunicator ada = enter("hall");
        WebSocketCommunicator bob = enter("hall");

        ada.sendJson(new Said("hello"));

        assertThat(ada.receiveText()).isEqualTo("{\"message\":\"hello\"}");
        assertThat(bob.receiveText()).isEqualTo("{\"message\":\"hello\"}");
    }

    @Test
    void readsTheSpacedJsonOfPythonAndItsEscapes() {
        WebSocketCommunicator ada = enter("python");

        ada.send("{\"message\": \"h\\u00e9llo \\u2603\"}");

        assertThat(ada.receiveJson(Said.class)).isEqualTo(new Said("héllo ☃"));
    }

    @Test
    void passesOnAnEmptyMessageAsTheTutorialDoes() {
        WebSocketCommunicator ada = enter("silence");

        ada.sendJson(new Said(""));

        assertThat(ada.receiveText()).isEqualTo("{\"message\":\"\"}");
    }

    @Test
    void aMessageStaysInItsRoom() {
        WebSocketCommunicator one = enter("room_1");
        WebSocketCommunicator two = enter("room_2");

        one.sendJson(new Said("hello"));

        two.receivesNothing();
        assertThat(one.receiveJson(Said.class)).isEqualTo(new Said("hello"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a-b.c", "two%20words", "%D0%BA%D0%BE%D1%88%D0%BA%D0%B0%E2%98%83%F0%9F%90%88", "%3Cb%3E&%25%3F+"
            })
    void aRoomMayHaveAnyName(String encoded) {
        WebSocketCommunicator ada = enter(encoded);
        WebSocketCommunicator bob = enter(encoded);

        ada.sendJson(new Said("hello"));

        assertThat(bob.receiveJson(Said.class)).isEqualTo(new Said("hello"));
    }

    @Test
    void whoAsksForHistoryGetsItFirstWithNamesTimesAndIds() {
        WebSocketCommunicator ada = enterWithHistory("library", 0);
        WebSocketCommunicator tutorial = enter("library");
        ada.send("{\"message\":\"one\",\"name\":\"Ada\"}");
        ada.send("{\"message\":\"two\",\"name\":\" Ada \"}");
        ada.receiveText();
        JsonNode live = ada.receiveJson(JsonNode.class);

        WebSocketCommunicator bob = enterWithHistory("library", 50);

        assertThat(message(bob)).isEqualTo("one");
        assertThat(bob.receiveJson(JsonNode.class)).isEqualTo(withoutPosition(live));
        assertThat(live.get("name").textValue()).isEqualTo("Ada");
        assertThat(live.get("id").isIntegralNumber()).isTrue();
        assertThat(live.get("time").asLong()).isCloseTo(System.currentTimeMillis(), within(60_000L));
        assertThat(tutorial.receiveText()).isEqualTo("{\"message\":\"one\"}");
    }

    @Test
    void historyIsTheLastMessagesInTheirOrder() {
        WebSocketCommunicator ada = enter("archive");
        for (int i = 0; i < 10; i++) {
            ada.sendJson(new Said("" + i));
            ada.receiveText();
        }

        WebSocketCommunicator bob = enter("archive/?history=3");

        assertThat(bob.receiveJson(JsonNode.class).get("history").intValue()).isEqualTo(3);
        assertThat(List.of(message(bob), message(bob), message(bob))).containsExactly("7", "8", "9");
        bob.receivesNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"51", "-1", "", "many", "2147483648"})
    void refusesAHistoryOutOfBounds(String history) {
        assertThat(app.request("/ws/chat/hall/?history=" + history).refused().status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%00b", "%20", "a%0Ab"})
    void refusesARoomThatCannotBeShown(String encoded) {
        assertThat(app.request("/ws/chat/" + encoded + "/").refused().status()).isEqualTo(400);
    }

    @Test
    void whoJoinsWhileOthersWriteMissesNothingAndSeesNothingTwice() {
        int each = 40;
        WebSocketCommunicator ada = enterWithHistory("crowd", 0);
        WebSocketCommunicator bob = enterWithHistory("crowd", 0);
        List<WebSocketCommunicator> joining = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            ada.sendJson(new Said("from Ada"));
            bob.sendJson(new Said("from Bob"));
            if (i % 10 == 5) {
                joining.add(enterWithHistory("crowd", 50));
            }
        }
        List<Long> all = ids(ada, 2 * each);
        long last = all.stream().mapToLong(id -> id).max().orElseThrow();

        for (WebSocketCommunicator client : joining) {
            // The first is not always the least: of two that are saved at once, either may be told first.
            SortedSet<Long> seen = new TreeSet<>(List.of(id(client)));
            while (seen.size() < all.stream().filter(id -> id >= seen.first()).count()) {
                assertThat(seen.add(id(client))).as("seen once").isTrue();
            }
            assertThat(seen)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(seen.first(), last).boxed().toList());
            client.receivesNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no JSON", "{\"message\":\"a\"", "{\"message\":\"a\"} x"})
    void closesWith1007ForMalformedJson(String text) {
        assertThat(enter("hall").send(text).closed()).isEqualTo(new CloseReason(1007, "malformed JSON"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "null", "{\"message\":{}}"})
    void closesWith1008ForJsonOfAnotherShape(String text) {
        CloseReason closed = enter("hall").send(text).closed();

        assertThat(closed.code()).isEqualTo(1008);
        assertThat(closed.reason()).startsWith("invalid message");
    }

    @Test
    void saysWhichBoundAFrameBreaks() {
        WebSocketCommunicator wordy = enter("hall").sendJson(new Said("x".repeat(2001)));
        WebSocketCommunicator named = enter("hall").send("{\"message\":\"\",\"name\":\"" + "x".repeat(41) + "\"}");
        WebSocketCommunicator silent = enter("hall").send("{\"name\":\"Ada\"}");

        assertThat(wordy.closed()).isEqualTo(new CloseReason(1008, "a message has at most 2000 characters, was 2001"));
        assertThat(named.closed()).isEqualTo(new CloseReason(1008, "a name has at most 40 characters, was 41"));
        assertThat(silent.closed()).isEqualTo(new CloseReason(1008, "a frame needs a \"message\""));
    }

    @Test
    void halfACharacterAndNulDoNoHarmToARoom() {
        WebSocketCommunicator ada = enter("odd");

        ada.send("{\"message\":\"a\\ud83d b\\u0000\"}");

        assertThat(message(ada)).isEqualTo("a? b\uFFFD");
        assertThat(message(enterWithHistory("odd", 50))).isEqualTo("a? b\uFFFD");
    }

    /** Enters a room, whose name may be followed by a query. */
    private WebSocketCommunicator enter(String room) {
        return app.connect("/ws/chat/" + room + (room.contains("?") ? "" : "/"));
    }

    /** Passes over the first frame, the number of stored messages. */
    private WebSocketCommunicator enterWithHistory(String room, int history) {
        WebSocketCommunicator client = enter(room + "/?history=" + history);
        assertThat(client.receiveJson(JsonNode.class).get("history").isIntegralNumber())
                .isTrue();
        return client;
    }

    private static JsonNode withoutPosition(JsonNode live) {
        assertThat(live.get("position").textValue()).isNotEmpty();
        return live.<ObjectNode>deepCopy().without("position");
    }

    private static String message(WebSocketCommunicator client) {
        return client.receiveJson(JsonNode.class).get("message").textValue();
    }

    private static long id(WebSocketCommunicator client) {
        return client.receiveJson(JsonNode.class).get("id").longValue();
    }

    private static List<Long> ids(WebSocketCommunicator client, int count) {
        List<Long> ids = new ArrayList<>();
        while (ids.size() < count) {
            ids.add(id(client));
        }
        return ids;
    }
}
