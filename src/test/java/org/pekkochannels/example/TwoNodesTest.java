package org.pekkochannels.example;

import static java.util.concurrent.TimeUnit.MINUTES;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.ChildJvm;
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

        Visitor visit(String name) throws IOException {
            return new Visitor(this, name);
        }
    }

    /** As the page of the chat: it comes back with the greatest id, applies messages by id, and shows who is there. */
    private static final class Visitor implements AutoCloseable {
        private final String name;
        private final SortedMap<Long, String> messages = new TreeMap<>();
        private final List<String> shown = new ArrayList<>();
        private final Map<String, Set<String>> present = new TreeMap<>();
        private final List<String> gone = new ArrayList<>();
        private Client client;

        Visitor(Node node, String name) throws IOException {
            this.name = name;
            client = node.enter(query());
            receiveWelcome();
        }

        private String query() {
            return "?history=50&name=" + name + "&after=" + (messages.isEmpty() ? 0 : messages.lastKey());
        }

        private JsonNode receiveWelcome() throws IOException {
            JsonNode welcome = client.json();
            int left = welcome.get("history").intValue();
            while (left > 0) {
                left -= receive() ? 1 : 0;
            }
            return welcome;
        }

        /** Returns whether it was a message. */
        private boolean receive() throws IOException {
            JsonNode frame = client.json();
            boolean presence = frame.path("type").asText().equals("presence");
            if (presence) {
                show(frame);
            } else if (messages.putIfAbsent(
                            frame.get("id").longValue(), frame.get("message").textValue())
                    == null) {
                shown.add(frame.get("message").textValue());
            }
            return !presence;
        }

        private void show(JsonNode diff) {
            if (diff.get("state").booleanValue()) {
                present.clear();
            }
            diff.get("joins")
                    .properties()
                    .forEach(name -> name.getValue()
                            .fieldNames()
                            .forEachRemaining(entry -> present.computeIfAbsent(name.getKey(), key -> new HashSet<>())
                                    .add(entry)));
            diff.get("leaves").properties().forEach(name -> leave(name.getKey(), name.getValue()));
        }

        private void leave(String name, JsonNode entries) {
            Set<String> left = present.getOrDefault(name, new HashSet<>());
            entries.elements().forEachRemaining(entry -> left.remove(entry.textValue()));
            if (left.isEmpty() && present.remove(name) != null) {
                gone.add(name);
            }
        }

        void awaitPresent(String... names) throws IOException {
            while (!present.keySet().equals(Set.of(names))) {
                receive();
            }
        }

        JsonNode comeBack(Node node) throws IOException {
            client.close();
            client = node.enter(query());
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
    @Timeout(value = 5, unit = MINUTES)
    void areOneChatWhichGoesOnWhenEitherIsKilledAndEndsWithTheProcessThatStartedThem() throws Exception {
        Process started = start();
        try (BufferedReader console = started.inputReader(StandardCharsets.UTF_8);
                OutputStream keyboard = started.getOutputStream()) {
            int database = Integer.parseInt(next(console, DATABASE).group(1));
            Node first = node(next(console, NODE));
            Node second = node(next(console, NODE));
            try (Visitor ada = first.visit("ada");
                    Visitor bob = second.visit("bob")) {
                talk(ada, bob);

                kill(second, console, ada, bob, first);
                Node secondAgain = startAgain(second, console, keyboard);
                ada.awaitPresent("ada", "bob");
                assertThat(ada.gone).as("names that left, as ada saw it").containsExactly("carl");

                assertThat(bob.comeBack(secondAgain).get("recovered").booleanValue())
                        .isTrue();
                bob.awaitPresent("ada", "bob");
                kill(first, console, bob, ada, secondAgain);
                Node firstAgain = startAgain(first, console, keyboard);
                bob.awaitPresent("ada", "bob");
                assertThat(bob.gone).as("names that left, as bob saw it").containsExactly("carl");

                assertThat(ada.comeBack(firstAgain).get("recovered").booleanValue())
                        .isTrue();
                assertThatTheyHearEachOther(ada, bob);
                started.destroyForcibly();
                firstAgain.process().onExit().get(60, SECONDS);
                secondAgain.process().onExit().get(60, SECONDS);
                awaitUnreachable(database);
            }
        } finally {
            started.destroyForcibly();
        }
    }

    private static void talk(Visitor ada, Visitor bob) throws IOException {
        ada.awaitPresent("ada", "bob");
        bob.awaitPresent("ada", "bob");
        IntStream.range(0, 50).forEach(i -> {
            ada.say("ada " + i);
            bob.say("bob " + i);
        });
        assertThatAllAreShownOnceInOrder(ada.awaitMessages(100));
        assertThatAllAreShownOnceInOrder(bob.awaitMessages(100));
    }

    /** One visitor of the node comes back to the other one, and another does not. */
    private static void kill(Node killed, BufferedReader console, Visitor other, Visitor back, Node alive)
            throws IOException {
        Visitor carl = killed.visit("carl");
        other.awaitPresent("ada", "bob", "carl");
        other.gone.clear();

        killed.process().destroyForcibly();
        assertThat(back.comeBack(alive).get("recovered").booleanValue()).isTrue();
        next(console, Pattern.compile("node [12] has ended"));
        assertThatTheyHearEachOther(other, back);
        assertThat(other.present).as("who is there during the grace").containsOnlyKeys("ada", "bob", "carl");
        carl.close();
    }

    private static void assertThatTheyHearEachOther(Visitor one, Visitor two) throws IOException {
        int before = one.shown.size();
        one.say("are you there?");
        one.awaitMessages(before + 1);
        two.say("I am");
        assertThat(one.awaitMessages(before + 2)).endsWith("are you there?", "I am");
        assertThat(two.awaitMessages(before + 2)).containsExactlyInAnyOrderElementsOf(one.shown);
    }

    private static Node startAgain(Node killed, BufferedReader console, OutputStream keyboard) throws IOException {
        keyboard.write('\n');
        keyboard.flush();
        Node again = node(next(console, NODE));
        assertThat(again.page()).isEqualTo(killed.page());
        return again;
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

    /** With shorter times, so that a test need not wait for them. */
    private Path configuration() throws IOException {
        return Files.writeString(folder.resolve("nodes.conf"), """
                include file("%s")
                channels.layer { cluster.stable-after = 2s, presence.grace = 6s }
                """.formatted(
                        Path.of("application.conf").toAbsolutePath()));
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(List.of(ChildJvm.java(), "-Xmx64m"));
        command.addAll(ChildJvm.SHORT_LIVED);
        command.addAll(List.of(
                "-Dconfig.file=" + configuration(),
                "-Dlogback.configurationFile=example/logback.xml",
                TwoNodes.class.getName(),
                "0",
                "0"));
        ProcessBuilder java =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        java.environment().keySet().removeAll(StarterBuild.SETTINGS);
        java.environment().put("CHANNELS_LAYER", "cluster");
        java.environment().put("CLASSPATH", DevelopmentLoopTest.classPath());
        return java.start();
    }
}
