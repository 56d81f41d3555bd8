package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.example.chat.ChatServer;

/** The main class, in a process of its own. */
final class ChatServerTest {
    @TempDir
    private Path directory;

    @Test
    void saysWhereToLookAndStopsWhenItIsTold() throws Exception {
        Process process = start(0);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String open = out.lines()
                    .filter(line -> line.startsWith("Open "))
                    .findFirst()
                    .orElseThrow();
            URI page = URI.create(open.substring("Open ".length()));
            assertThat(Client.HTTP
                            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                            .body())
                    .contains("Chat Rooms");

            process.destroy();

            // 128 and the number of SIGTERM: its handlers ran, and nothing else went wrong.
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void saysInOneLineThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start(taken.getLocalPort());
            try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
                assertThat(err.lines())
                        .containsExactly("Not started: cannot listen, set HOST or PORT to another: [/127.0.0.1:"
                                + taken.getLocalPort() + "] Address already in use");
                assertThat(process.waitFor()).isEqualTo(1);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private Process start(int port) throws IOException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dconfig.file=" + new File("application.conf").getAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                ChatServer.class.getName());
        java.environment().put("HOST", "127.0.0.1");
        java.environment().put("PORT", String.valueOf(port));
        java.environment().put("DATABASE_URL", ExampleServer.h2(directory));
        return java.start();
    }
}
