package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The message board as a program sees it. */
final class MessageBoardTest {
    @TempDir
    private Path directory;

    private ExampleServer server;

    @BeforeEach
    void start() {
        server = ExampleServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsTheBoardToWhoComes() {
        try (Client ada = visit()) {
            assertThat(ada.text()).isEqualTo("{\"count\":0,\"messages\":[]}");
        }
    }

    @Test
    void aVisitorWhoComesBackReceivesOnlyWhatItMissed() throws Exception {
        String since;
        try (Client ada = Client.open(server.socket("/ws/message/?since="))) {
            since = ada.json().get("position").textValue();
        }
        try (Client bob = visit()) {
            bob.send("{\"title\":\"First\",\"message\":\"one\"}");
            board(bob, 1);
        }

        try (Client ada = Client.open(server.socket("/ws/message/?since=" + since))) {
            assertThat(ada.json().has("messages")).isFalse();
            assertThat(ada.json().at("/messages/0/title").textValue()).isEqualTo("First");
        }
        try (Client stranger = Client.open(server.socket("/ws/message/?since=unknown"))) {
            assertThat(stranger.json().get("count").intValue()).isOne();
        }
    }

    @Test
    void everybodySeesWhatIsCreatedAndDeletedNewestFirst() throws Exception {
        try (Client ada = visit();
                Client bob = visit()) {
            ada.send("{\"action\":\"create\",\"title\":\"First\",\"message\":\"one\"}");
            long first = board(bob, 1).at("/messages/0/id").longValue();
            ada.send("{\"title\":\"Second\",\"message\":\"two\"}");

            JsonNode both = board(bob, 2);
            assertThat(both.at("/messages/0/title").textValue()).isEqualTo("Second");
            assertThat(both.at("/messages/1/message").textValue()).isEqualTo("one");

            bob.send("{\"action\":\"delete\",\"id\":" + first + "}");

            assertThat(board(ada, 2).get("count").intValue()).isEqualTo(2);
            assertThat(board(ada, 1).at("/messages/0/title").textValue()).isEqualTo("Second");
        }
    }

    @Test
    void whoeverChangesItLastTheLastBoardIsTheTrueOne() throws Exception {
        int visitors = 4;
        int each = 10;
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < visitors; i++) {
            clients.add(visit());
        }

        for (int i = 0; i < each; i++) {
            clients.forEach(client -> client.send("{\"title\":\"t\",\"message\":\"m\"}"));
        }

        for (Client client : clients) {
            int count = 0;
            while (count < visitors * each) {
                int next = client.json().get("count").intValue();
                assertThat(next).isGreaterThanOrEqualTo(count);
                count = next;
            }
            client.close();
        }
    }

    @Test
    void notesOutliveTheServer() throws Exception {
        try (Client ada = visit()) {
            ada.send("{\"title\":\"Keep\",\"message\":\"me\"}");
            board(ada, 1);
        }
        server.stop();

        server.startAgain();

        try (Client bob = visit()) {
            assertThat(bob.json().at("/messages/0/title").textValue()).isEqualTo("Keep");
        }
    }

    @Test
    void saysWhatIsWrongWithACommand() {
        try (Client wordy = visit();
                Client odd = visit();
                Client broken = visit()) {
            wordy.send("{\"title\":\"" + "x".repeat(101) + "\"}");
            odd.send("{\"action\":\"delete\"}");
            broken.send("{");

            assertThat(wordy.closed()).isEqualTo("1008 a title has at most 100 characters, was 101");
            assertThat(odd.closed()).isEqualTo("1008 action must be create, or delete with an id");
            assertThat(broken.closed()).isEqualTo("1007 malformed JSON");
        }
    }

    private Client visit() {
        return Client.open(server.socket("/ws/message/"));
    }

    /** The next board with so many notes; others before it, such as those of newcomers, are passed over. */
    private static JsonNode board(Client client, int count) throws Exception {
        JsonNode board = client.json();
        while (board.get("count").intValue() != count) {
            board = client.json();
        }
        return board;
    }
}
