package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.http.Ipv6;

/** The main class, in a process of its own. */
final class ChatServerTest {
    @TempDir
    private Path directory;

    @Test
    void saysWhereToLookAndStopsWhenItIsTold() throws Exception {
        Process process = start("127.0.0.1", 0);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(body(said(process, out, "Open "))).contains("Chat Rooms");

            process.destroy();

            // 128 and the number of SIGTERM: its handlers ran, and nothing else went wrong.
            assertThat(process.waitFor()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost, localhost", "0.0.0.0, 127.0.0.1", "::1, [::1]", "::, [::1]"})
    void listensWhereTheEnvironmentSays(String host, String reachedAt) throws Exception {
        Ipv6.assumeItIsHereFor(host);
        Process process = start(host, 0);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            URI listening = said(process, out, "listening on ");
            URI page = said(process, out, "Open ");

            assertThat(isAnyAddress(listening.getHost())).isEqualTo(isAnyAddress(host));
            assertThat(body(page)).contains("Chat Rooms");
            assertThat(body(URI.create("http://" + reachedAt + ":" + page.getPort() + "/chat/")))
                    .contains("Chat Rooms");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Without the JVM's own lines: from 24 on, it warns of what Pekko does. */
    private static Stream<String> said(BufferedReader err) {
        return err.lines().filter(line -> !line.startsWith("WARNING: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no.such.host.invalid", ""})
    void saysInOneLineThatTheHostIsNotHere(String host) throws Exception {
        Process process = start(host, 0);
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            assertThat(said(err))
                    .singleElement(STRING)
                    .startsWith("Not started: ")
                    .contains("channels.http.interface", "HOST", host);
            assertThat(process.waitFor()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void saysInOneLineThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("127.0.0.1", taken.getLocalPort());
            try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
                assertThat(said(err))
                        .singleElement(STRING)
                        .startsWith("Not started: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                                + ": Address already in use; set channels.http.interface (HOST)");
                assertThat(process.waitFor()).isEqualTo(1);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /** The address after some words of what it says. */
    private static URI said(Process process, BufferedReader out, String words) throws Exception {
        List<String> before = new ArrayList<>();
        String line = out.readLine();
        while (line != null && !line.contains(words)) {
            before.add(line);
            line = out.readLine();
        }
        assertThat(line)
                .as(() -> "a line with '%s' after %s; errors: %s"
                        .formatted(words, before, process.errorReader().lines().toList()))
                .isNotNull();
        return URI.create(line.substring(line.indexOf(words) + words.length()));
    }

    private static boolean isAnyAddress(String host) throws UnknownHostException {
        return InetAddress.getByName(host).isAnyLocalAddress();
    }

    private static String body(URI page) throws Exception {
        return Client.HTTP
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body();
    }

    private Process start(String host, int port) throws IOException {
        ProcessBuilder java = new ProcessBuilder(ChildJvm.command(
                "-Dpekko.logger-startup-timeout=1m",
                "-Dconfig.file=" + new File("application.conf").getAbsolutePath(),
                ChatServer.class.getName()));
        java.environment().put("HOST", host);
        java.environment().put("PORT", String.valueOf(port));
        java.environment().put("DATABASE_URL", ExampleServer.h2(directory));
        return java.start();
    }
}
