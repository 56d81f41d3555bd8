package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.database.SharedPostgreSql;

/** The examples on two nodes that share a PostgreSQL and nothing else. */
final class PostgresNodesTest {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @TempDir
    private static Path folder;

    private static final List<Integer> PORTS = new ArrayList<>();
    private static final List<ExampleNode> NODES = new ArrayList<>();

    @BeforeAll
    static void startAll() throws IOException {
        PORTS.addAll(freePorts());
        for (int port : PORTS) {
            NODES.add(start(port));
        }
        for (ExampleNode node : NODES) {
            node.awaitReady();
        }
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return List.of(first.getLocalPort(), second.getLocalPort());
        }
    }

    private static ExampleNode start(int port) throws IOException {
        return ExampleNode.start(
                folder,
                Map.of(
                        "CHANNELS_LAYER",
                        "postgres",
                        "DATABASE_URL",
                        POSTGRES.platformUrl(),
                        "NODES",
                        "127.0.0.1:" + PORTS.get(0) + ",127.0.0.1:" + PORTS.get(1),
                        "PORT",
                        String.valueOf(port)));
    }

    @AfterAll
    static void stopAll() {
        NODES.forEach(ExampleNode::close);
    }

    private static void restartTheSecond() throws IOException {
        if (!NODES.get(1).isAlive()) {
            NODES.set(1, start(PORTS.get(1)));
            NODES.get(1).awaitReady();
        }
    }

    private static Client open(int node, String path) {
        return Client.open(ExampleNode.address("ws", PORTS.get(node), path));
    }

    /** As the page of the chat: it comes back with the last position. */
    private static final class Visitor implements AutoCloseable {
        private final List<String> shown = new ArrayList<>();
        private Client client;
        private String since;

        Visitor(int node) throws IOException {
            client = open(node, "/ws/chat/lobby/?history=50");
            since = client.json().get("position").textValue();
        }

        JsonNode comeBack(int node) throws IOException {
            client.close();
            client = open(node, "/ws/chat/lobby/?history=50&since=" + since);
            return client.json();
        }

        void say(String text) {
            client.send("{\"message\":\"" + text + "\"}");
        }

        List<String> awaitMessages(int count) throws IOException {
            while (shown.size() < count) {
                JsonNode frame = client.json();
                shown.add(frame.get("message").textValue());
                since = frame.get("position").textValue();
            }
            return shown;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Test
    void areOneChatWhoseVisitorsMissNothingWhenANodeIsKilled() throws Exception {
        restartTheSecond();
        try (Visitor ada = new Visitor(0);
                Visitor bob = new Visitor(1)) {
            IntStream.range(0, 30).forEach(i -> {
                ada.say("ada " + i);
                bob.say("bob " + i);
            });
            assertThat(ada.awaitMessages(60)).doesNotHaveDuplicates();
            assertThat(bob.awaitMessages(60)).isEqualTo(ada.shown);

            NODES.get(1).kill();
            IntStream.range(0, 30).forEach(i -> ada.say("alone " + i));
            ada.awaitMessages(90);
            JsonNode welcome = bob.comeBack(0);
            bob.say("back");

            assertThat(welcome.get("recovered").booleanValue()).isTrue();
            assertThat(welcome.get("history").intValue())
                    .as("read from the table")
                    .isZero();
            assertThat(bob.awaitMessages(91)).endsWith("alone 28", "alone 29", "back");
            assertThat(ada.awaitMessages(91)).isEqualTo(bob.shown);
        }
    }
}
