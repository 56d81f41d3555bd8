package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long the head of a request may take that is not its connection's first. */
@Tag("edge")
class LaterHeadTest {
    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";

    private static final RunningApplication APPLICATION = RunningApplication.start(
            "channels.http { header-timeout = 1s, idle-timeout = 1h }",
            channels -> channels.http(system -> Directives.path("page", () -> Directives.complete("a page"))));

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void assertAnswered(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int c = 0; c >= 0 && answer.indexOf("a page") < 0; ) {
            c = socket.getInputStream().read();
            answer.append(c < 0 ? "" : (char) c);
        }
        assertThat(answer.toString()).startsWith("HTTP/1.1 200 ").endsWith("a page");
    }

    private static void awaitHeaderTimeout() throws IOException {
        try (Socket silent = connect()) {
            assertThat(silent.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 408");
        }
    }

    @Test
    void isCutOffWhenItDoesNotEnd() throws Exception {
        try (Socket socket = connect()) {
            send(socket, PAGE);
            assertAnswered(socket);

            send(socket, "GET /page HTTP/1.1\r\n");

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void mayComeInPiecesAndAfterAnyTime() throws Exception {
        try (Socket socket = connect()) {
            send(socket, PAGE);
            assertAnswered(socket);
            send(socket, PAGE.substring(0, 10));
            send(socket, PAGE.substring(10));
            assertAnswered(socket);

            // Twice, for how long one head takes is found out a little late.
            awaitHeaderTimeout();
            awaitHeaderTimeout();

            send(socket, PAGE);
            assertAnswered(socket);
        }
    }
}
