package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.FreshDatabase;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestEdge;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The message board as a program sees it. */
@FreshDatabase
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class MessageBoardTest {
    private final TestApplication app;

    MessageBoardTest(TestApplication app) {
        this.app = app;
    }

    private record NewNote(String title, String message) {}

    private record Deletion(String action, long id) {}

    @Test
    void showsTheBoardToWhoComes() {
        assertThat(visit().receiveText()).isEqualTo("{\"count\":0,\"messages\":[]}");
    }

    @Test
    void aVisitorWhoComesBackReceivesOnlyWhatItMissed() {
        WebSocketCommunicator ada = app.connect("/ws/message/?since=");
        String since = ada.receiveJson(JsonNode.class).get("position").textValue();
        ada.cutOff();
        visit().sendJson(new NewNote("First", "one"));

        WebSocketCommunicator again = app.connect("/ws/message/?since=" + since);
        assertThat(again.receiveJson(JsonNode.class).has("messages")).isFalse();
        assertThat(again.receiveJson(JsonNode.class).at("/messages/0/title").textValue())
                .isEqualTo("First");
        WebSocketCommunicator stranger = app.connect("/ws/message/?since=unknown");
        assertThat(stranger.receiveJson(JsonNode.class).get("count").intValue()).isOne();
    }

    @Test
    void everybodySeesWhatIsCreatedAndDeletedNewestFirst() {
        WebSocketCommunicator ada = visit();
        WebSocketCommunicator bob = visit();
        ada.send("{\"action\":\"create\",\"title\":\"First\",\"message\":\"one\"}");
        long first = board(bob, 1).at("/messages/0/id").longValue();
        ada.sendJson(new NewNote("Second", "two"));

        JsonNode both = board(bob, 2);
        assertThat(both.at("/messages/0/title").textValue()).isEqualTo("Second");
        assertThat(both.at("/messages/1/message").textValue()).isEqualTo("one");

        bob.sendJson(new Deletion("delete", first));

        assertThat(board(ada, 2).get("count").intValue()).isEqualTo(2);
        assertThat(board(ada, 1).at("/messages/0/title").textValue()).isEqualTo("Second");
    }

    @Test
    void whoeverChangesItLastTheLastBoardIsTheTrueOne() {
        int visitors = 4;
        int each = 10;
        List<WebSocketCommunicator> clients = new ArrayList<>();
        for (int i = 0; i < visitors; i++) {
            clients.add(visit());
        }

        for (int i = 0; i < each; i++) {
            clients.forEach(client -> client.sendJson(new NewNote("t", "m")));
        }

        for (WebSocketCommunicator client : clients) {
            int count = 0;
            while (count < visitors * each) {
                int next = client.receiveJson(JsonNode.class).get("count").intValue();
                assertThat(next).isGreaterThanOrEqualTo(count);
                count = next;
            }
            client.receivesNothing();
        }
    }

    @Test
    void notesOutliveTheServer() {
        Config kept = ConfigFactory.parseMap(Map.of(
                        "channels.database.url",
                        "jdbc:h2:mem:notes-outlive;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                                + ";DB_CLOSE_DELAY=-1"))
                .withFallback(app.system().settings().config());
        try (TestApplication first = TestApplication.start(ChatServer::start, TestEdge.MEMORY, kept)) {
            WebSocketCommunicator ada = first.connect("/ws/message/");
            ada.sendJson(new NewNote("Keep", "me"));
            board(ada, 1);
        }

        try (TestApplication second = TestApplication.start(ChatServer::start, TestEdge.MEMORY, kept)) {
            JsonNode board = second.connect("/ws/message/").receiveJson(JsonNode.class);
            assertThat(board.at("/messages/0/title").textValue()).isEqualTo("Keep");
        }
    }

    @Test
    void saysWhatIsWrongWithACommand() {
        assertThat(closeAfter("{\"title\":\"" + "x".repeat(101) + "\"}"))
                .isEqualTo(new CloseReason(1008, "a title has at most 100 characters, was 101"));
        assertThat(closeAfter("{\"action\":\"delete\"}"))
                .isEqualTo(new CloseReason(1008, "action must be create, or delete with an id"));
        assertThat(closeAfter("{")).isEqualTo(new CloseReason(1007, "malformed JSON"));
    }

    private CloseReason closeAfter(String command) {
        WebSocketCommunicator client = visit();
        board(client, 0);
        return client.send(command).closed();
    }

    private WebSocketCommunicator visit() {
        return app.connect("/ws/message/");
    }

    /** The next board with so many notes; others before it, such as those of newcomers, are passed over. */
    private static JsonNode board(WebSocketCommunicator client, int count) {
        JsonNode board = client.receiveJson(JsonNode.class);
        while (board.get("count").intValue() != count) {
            board = client.receiveJson(JsonNode.class);
        }
        return board;
    }
}
