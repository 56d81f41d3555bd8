package org.pekkochannels.example;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.example.nodes.TwoNodes;

/** The examples on two nodes, in processes of their own, as {@code mvn -Pnodes} starts them. */
final class TwoNodesTest {
    private static final Pattern NODE = Pattern.compile("\\s*node [12]  (http://\\S+)  pid (\\d+)");
    private static final Pattern DATABASE = Pattern.compile("Their database is postgres://postgres@127.0.0.1:(\\d+)/");

    @TempDir
    private Path folder;

    /** A node's page and process. */
    private record Node(URI page, ProcessHandle process) {
        Client enter(String query) {
            return Client.open(URI.create("ws://" + page.getAuthority() + "/ws/chat/lobby/" + query));
        }

        Visitor visit() throws IOException {
            return new Visitor(this, 0);
        }
    }

    /** As the page of the chat: it comes back with the greatest id, and applies messages by id. */
    private static final class Visitor implements AutoCloseable {
        private final SortedMap<Long, String> messages = new TreeMap<>();
        private final List<String> shown = new ArrayList<>();
        private Client client;

        Visitor(Node node, long after) throws IOException {
            client = node.enter("?history=50&after=" + after);
            receiveWelcome();
        }

        private JsonNode receiveWelcome() throws IOException {
            JsonNode welcome = client.json();
            for (int i = welcome.get("history").intValue(); i > 0; i--) {
                receive();
            }
            return welcome;
        }

        private void receive() throws IOException {
            JsonNode frame = client.json();
            if (messages.putIfAbsent(
                            frame.get("id").longValue(), frame.get("message").textValue())
                    == null) {
                shown.add(frame.get("message").textValue());
            }
        }

        JsonNode comeBack(Node node) throws IOException {
            client.close();
            client = node.enter("?history=50&after=" + (messages.isEmpty() ? 0 : messages.lastKey()));
            return receiveWelcome();
        }

        void say(String text) {
            client.send("{\"message\":\"" + text + "\"}");
        }

        List<String> awaitMessages(int count) throws IOException {
            while (shown.size() < count) {
                receive();
            }
            return shown;
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Test
    void areOneChatWhichGoesOnWhenOneIsKilledAndEndsWithTheProcessThatStartedThem() throws Exception {
        Process started = start();
        try (BufferedReader console = started.inputReader(StandardCharsets.UTF_8);
                OutputStream keyboard = started.getOutputStream()) {
            int database = Integer.parseInt(next(console, DATABASE).group(1));
            Node first = node(next(console, NODE));
            Node second = node(next(console, NODE));
            try (Visitor ada = first.visit();
                    Visitor bob = second.visit()) {
                IntStream.range(0, 50).forEach(i -> {
                    ada.say("ada " + i);
                    bob.say("bob " + i);
                });
                assertThatAllAreShownOnceInOrder(ada.awaitMessages(100));
                assertThatAllAreShownOnceInOrder(bob.awaitMessages(100));

                second.process().destroyForcibly();
                next(console, Pattern.compile("node 2 has ended"));
                ada.say("alone");
                assertThat(ada.awaitMessages(101)).endsWith("alone");
                assertThat(bob.comeBack(first).get("recovered").booleanValue()).isTrue();
                bob.say("together");
                assertThat(ada.awaitMessages(102)).endsWith("alone", "together");
                assertThat(bob.awaitMessages(102)).containsExactlyInAnyOrderElementsOf(ada.shown);

                keyboard.write('\n');
                keyboard.flush();
                Node again = node(next(console, NODE));
                assertThat(again.page()).isEqualTo(second.page());
                ada.say("welcome back");
                ada.awaitMessages(103);
                assertThat(bob.comeBack(again).get("recovered").booleanValue()).isTrue();
                bob.say("thank you");
                assertThat(ada.awaitMessages(104)).endsWith("welcome back", "thank you");
                assertThat(bob.awaitMessages(104)).containsExactlyInAnyOrderElementsOf(ada.shown);

                started.destroyForcibly();
                first.process().onExit().get(60, SECONDS);
                again.process().onExit().get(60, SECONDS);
                awaitUnreachable(database);
            }
        } finally {
            started.destroyForcibly();
        }
    }

    private static void assertThatAllAreShownOnceInOrder(List<String> shown) {
        assertThat(shown.stream().filter(text -> text.startsWith("ada"))).containsExactly(numbered("ada "));
        assertThat(shown.stream().filter(text -> text.startsWith("bob"))).containsExactly(numbered("bob "));
    }

    private static String[] numbered(String text) {
        return IntStream.range(0, 50).mapToObj(i -> text + i).toArray(String[]::new);
    }

    private static Node node(Matcher line) {
        return new Node(
                URI.create(line.group(1)),
                ProcessHandle.of(Long.parseLong(line.group(2))).orElseThrow());
    }

    private static Matcher next(BufferedReader console, Pattern pattern) throws IOException {
        List<String> before = new ArrayList<>();
        for (String line = console.readLine(); line != null; line = console.readLine()) {
            Matcher found = pattern.matcher(line);
            if (found.find()) {
                return found;
            }
            before.add(line);
        }
        throw new AssertionError("the process has ended: " + before);
    }

    private static void awaitUnreachable(int port) throws InterruptedException {
        for (int i = 0; isReachable(port); i++) {
            assertThat(i).as("attempts to reach the database").isLessThan(600);
            Thread.sleep(100);
        }
    }

    private static boolean isReachable(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Process start() throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-Dconfig.file=" + Path.of("application.conf").toAbsolutePath(),
                        "-Dlogback.configurationFile=example/logback.xml",
                        TwoNodes.class.getName(),
                        "0",
                        "0")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        java.environment().keySet().removeAll(StarterBuild.SETTINGS);
        java.environment().put("CLASSPATH", DevelopmentLoopTest.classPath());
        return java.start();
    }
}
