package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
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
        for (int node = 0; node < PORTS.size(); node++) {
            NODES.add(start(node));
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

    /** The second one is too slow to complete an answer before it is killed. */
    private static ExampleNode start(int node) throws IOException {
        return ExampleNode.start(
                folder,
                Map.of(
                        "ANSWER_PACE",
                        node == 0 ? "2ms" : "700ms",
                        "CHANNELS_LAYER",
                        "postgres",
                        "DATABASE_URL",
                        POSTGRES.platformUrl(),
                        "NODES",
                        address(0) + "," + address(1),
                        "PORT",
                        String.valueOf(PORTS.get(node))));
    }

    private static String address(int node) {
        return "127.0.0.1:" + PORTS.get(node);
    }

    @AfterAll
    static void stopAll() {
        NODES.forEach(ExampleNode::close);
    }

    private static void restartTheSecond() throws IOException {
        if (!NODES.get(1).isAlive()) {
            NODES.set(1, start(1));
            NODES.get(1).awaitReady();
        }
    }

    private static Client open(int node, String path) {
        return Client.open(ExampleNode.address("ws", PORTS.get(node), path));
    }

    /** As the page of the chat: it comes back with the last position. */
    private static final class Visitor implements AutoCloseable {
        private final String path;
        private final List<String> shown = new ArrayList<>();
        private Client client;
        private String since;

        Visitor(int node, String room) throws IOException {
            path = "/ws/chat/" + room + "/?history=50";
            client = open(node, path);
            since = client.json().get("position").textValue();
        }

        JsonNode comeBack(int node) throws IOException {
            client.close();
            client = open(node, path + "&since=" + since);
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
    void whoLogsOutEverywhereOnOneNodeIsLoggedOutOnTheOther() throws Exception {
        restartTheSecond();
        AccountVisit here = new AccountVisit(
                path -> ExampleNode.address("http", PORTS.get(0), path),
                path -> ExampleNode.address("ws", PORTS.get(1), path));
        assertThat(here.signUp("Ada").statusCode()).isEqualTo(200);
        try (Client there = here.enter("members")) {
            there.json();

            assertThat(here.post("everywhere", "{}").statusCode()).isEqualTo(200);

            assertThat(there.closed()).startsWith("4401");
        }
    }

    @Test
    void visitorsOfAChatAndReadersOfAnAnswerMissNothingWhenANodeIsKilled() throws Exception {
        restartTheSecond();
        String socket = askTheSecond().replace("/answers/", "/ws/answer/");
        try (Visitor ada = new Visitor(0, "lobby");
                Visitor bob = new Visitor(1, "lobby");
                AnswerVisit carl = AnswerVisit.start(ExampleNode.address("ws", PORTS.get(0), socket));
                AnswerVisit dora = AnswerVisit.start(ExampleNode.address("ws", PORTS.get(1), socket))) {
            IntStream.range(0, 30).forEach(i -> {
                ada.say("ada " + i);
                bob.say("bob " + i);
            });
            assertThat(ada.awaitMessages(60)).doesNotHaveDuplicates();
            assertThat(bob.awaitMessages(60)).isEqualTo(ada.shown);
            dora.awaitPieces(3);

            NODES.get(1).kill();

            assertThatItComesBack(bob, ada);
            assertThatItComesBack(dora, carl, ExampleNode.address("ws", PORTS.get(0), socket));
        }
    }

    /** Returns the path of the answer. */
    private static String askTheSecond() throws Exception {
        return AnswerVisit.ask(ExampleNode.address("http", PORTS.get(1), "/answers"), "{\"question\":\"Who goes on?\"}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private static void assertThatItComesBack(Visitor bob, Visitor ada) throws Exception {
        IntStream.range(0, 30).forEach(i -> ada.say("alone " + i));
        ada.awaitMessages(90);
        JsonNode welcome = bob.comeBack(0);
        bob.say("back");

        assertThat(welcome.get("recovered").booleanValue()).isTrue();
        assertThat(welcome.get("history").intValue()).as("read from the table").isZero();
        assertThat(bob.awaitMessages(91)).endsWith("alone 28", "alone 29", "back");
        assertThat(ada.awaitMessages(91)).isEqualTo(bob.shown);
    }

    private static void assertThatItComesBack(AnswerVisit dora, AnswerVisit carl, URI socket) throws Exception {
        try (AnswerVisit again = dora.comeBack(socket)) {
            assertThat(again.resumed()).isTrue();
            assertThat(again.awaitEnd()).isEqualTo(carl.awaitEnd()).endsWith("the same answer twice.");
            assertThat(again.writer()).startsWith(NODES.get(0).pid() + "-");
        }
    }

    @Test
    @EnabledIf(
            value = "org.pekkochannels.example.Browser#isInstalled",
            disabledReason = "Debian's chromium and chromium-driver are not installed")
    void pagesOfANodeThatIsKilledGoOnWithTheOtherWithoutReloading() throws Exception {
        restartTheSecond();
        try (Browser browser = Browser.start();
                Client ada = open(0, "/ws/message/");
                Visitor bob = new Visitor(0, "kitchen")) {
            ada.text();
            List<Browser.Window> boards =
                    List.of(visit(browser, "/messages/", 390), visit(browser, "/messages/", 1280));
            Browser.Window room = visit(browser, "/chat/kitchen/", 390);
            ada.send("{\"title\":\"Before\",\"message\":\"on both nodes\"}");
            boards.forEach(page -> page.waitForText(".note h2", "Before"));
            Browser.Window answer = ask(browser);

            NODES.get(1).kill();
            ada.send("{\"title\":\"Meanwhile\",\"message\":\"the other node has ended\"}");
            bob.say("Meanwhile");

            boards.forEach(page -> page.waitForText(".note h2", "Meanwhile"));
            assertThat(boards)
                    .allSatisfy(page -> assertThat(page.texts(".note h2")).containsExactly("Meanwhile", "Before"));
            room.waitForText("#messages li:last-child .bubble", "Meanwhile");
            post(boards.get(0), "After");
            boards.forEach(page -> page.waitForText("#messageCount", "3"));
            awaitTheEnd(answer);
            List.of(boards.get(0), boards.get(1), room, answer).forEach(PostgresNodesTest::assertThatItIsTheSamePage);
        }
    }

    private static Browser.Window visit(Browser browser, String path, int width) {
        Browser.Window page = browser.open(ExampleNode.address("http", PORTS.get(1), path));
        page.resize(width, 800);
        page.waitForText("#connection", "Connected");
        page.runScript("window.reloaded = false");
        return page;
    }

    private static Browser.Window ask(Browser browser) {
        Browser.Window page = browser.open(ExampleNode.address("http", PORTS.get(1), "/answers/"));
        page.resize(1280, 800);
        page.click("#question");
        page.type("Which node goes on?");
        page.click("#submit");
        page.waitForText("#question.bubble", "Which node goes on?");
        page.runScript("window.reloaded = false");
        return page;
    }

    private static void post(Browser.Window board, String title) {
        board.click("#msgTitle");
        board.type(title);
        board.click("#sendBtn");
    }

    private static void awaitTheEnd(Browser.Window answer) {
        answer.waitForCount(".done", 1);
        assertThat(answer.element("#answer").getText())
                .startsWith("“Which node goes on?”")
                .endsWith("the same answer twice.");
        assertThat(answer.texts("#places li"))
                .anyMatch(words -> words.contains("reads from " + address(0)))
                .anyMatch(words -> words.contains("Process " + NODES.get(0).pid() + " continues"));
        answer.resize(390, 800);
    }

    private static void assertThatItIsTheSamePage(Browser.Window page) {
        page.waitForText("#connection", "Connected to " + address(0));
        page.waitForScript("return window.reloaded === false");
        assertThat(page.overflow()).isZero();
    }
}
