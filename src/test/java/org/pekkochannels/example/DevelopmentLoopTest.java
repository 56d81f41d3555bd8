package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.dev.DevServer;

/** The examples under the development server, in a process of its own, as {@code mvn -Pdev} starts them. */
@EnabledIf(
        value = "org.pekkochannels.example.Browser#isInstalled",
        disabledReason = "Debian's chromium and chromium-driver are not installed")
final class DevelopmentLoopTest {
    private static final String LISTENING = "Open http://";

    @TempDir
    private Path folder;

    @Test
    void showsACompileErrorOnThePageWhichConnectsAgainOnceItIsMended() throws Exception {
        Process process = start();
        try (Browser browser = Browser.start();
                BufferedReader console = process.inputReader(StandardCharsets.UTF_8)) {
            String address = line(console, LISTENING);
            line(console, "Started in");
            URI room = URI.create(address.substring(address.indexOf("http://")) + "lobby/");
            Browser.Window page = browser.open(room);
            page.waitForText("#connection", "Connected");
            Client client = Client.open(URI.create("ws://" + room.getAuthority() + "/ws/chat/lobby/"));

            edit("Messages.insert(", "Messages.add(");
            line(console, "Not compiled, the previous version is still running");
            page.waitForCount("#dev-server", 1);
            assertThat(page.element("#dev-server").getText()).contains("ChatConsumer.java:", "method add(");
            client.send("{\"message\": \"old\"}");
            assertThat(client.text()).isEqualTo("{\"message\":\"old\"}");

            edit("Messages.add(", "Messages.insert(");
            line(console, "Restarted in");
            page.waitForCount("#dev-server", 0);
            assertThat(client.closed()).startsWith("1012");
            page.waitForText("#connection", "Connected");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start() throws IOException {
        copy(Path.of("src/example"));
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.plain(
                        "-Xmx512m",
                        "-Dlogback.configurationFile=example/logback.xml",
                        "-Dchannels.http.port=" + freePort(),
                        "-Dchannels.database.url=jdbc:h2:mem:dev;DB_CLOSE_DELAY=-1",
                        DevServer.class.getName(),
                        "org.pekkochannels.example.chat.ChatServer",
                        "target/dev",
                        "src/example/java",
                        "src/example/resources",
                        "-parameters",
                        "-proc:none"))
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(StarterBuild.SETTINGS);
        builder.environment().put("CLASSPATH", classPath());
        return builder.start();
    }

    static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The same for every start, so that the page finds it again. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void copy(Path from) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(file);
                Files.createDirectories(to.resolveSibling("."));
                Files.copy(file, to);
            }
        }
    }

    private void edit(String from, String to) throws IOException {
        Path consumer = folder.resolve("src/example/java/org/pekkochannels/example/chat/ChatConsumer.java");
        String text = Files.readString(consumer);
        assertThat(text).contains(from);
        Files.writeString(consumer, text.replace(from, to));
    }

    private static String line(BufferedReader console, String start) throws IOException {
        List<String> before = new ArrayList<>();
        for (String line = console.readLine(); line != null; line = console.readLine()) {
            if (line.startsWith(start)) {
                return line;
            }
            before.add(line);
        }
        throw new AssertionError("the process has ended: " + before);
    }
}
