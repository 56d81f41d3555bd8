package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** What a raw socket may send first, and what becomes of it. */
@Tag("edge")
class FirstRequestTest {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE =
            "Host: x|Connection: keep-alive, Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13";
    /** The end of the answer that accepts it, of a first request as of a later one. */
    private static final String ACCEPTED = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    /** A text frame. */
    private static final String HELLO = "\u0081\u0085\u0000\u0000\u0000\u0000hello";

    private static final RunningApplication APPLICATION = RunningApplication.start(
            "channels.http { max-header-bytes = 2 KiB, header-timeout = 1s, idle-timeout = 1s }",
            channels -> channels.websocket("ws/echo/", Echo::new)
                    .websocket("ws/late/", Late::new)
                    .http(system -> Directives.path("page", () -> Directives.complete("a page"))));

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.awaitNoConnections();
        APPLICATION.close();
    }

    /** Accepts when it is told to. */
    private static final class Late extends WebSocketConsumer {
        static final CompletableFuture<Done> MAY_ACCEPT = new CompletableFuture<>();

        Late(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return onTurn(MAY_ACCEPT).thenCompose(now -> accept());
        }
    }

    /** Sends lines, each ended as HTTP wants it, and reads until the server ends or has said enough. */
    private static String exchange(String lines, String enough) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            send(socket, lines);
            return receive(socket, enough);
        }
    }

    private static void send(Socket socket, String lines) throws IOException {
        socket.getOutputStream().write(lines.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String receive(Socket socket, String enough) throws IOException {
        socket.setSoTimeout(20_000);
        StringBuilder answer = new StringBuilder();
        for (int c = 0; c >= 0 && (enough.isEmpty() || answer.indexOf(enough) < 0); ) {
            c = socket.getInputStream().read();
            answer.append(c < 0 ? "" : (char) c);
        }
        return answer.toString();
    }

    private static String status(String lines) throws IOException {
        return exchange(lines + "||", "").substring(9, 12);
    }

    @Test
    void answersAnUpgradeWithTheKeysAnswer() throws Exception {
        String answer = exchange("GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||", "\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 101 ")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; GET /ws/echo/ HTTP/1.1|Host: x|Upgrade: websocket|Sec-WebSocket-Version: 13|" + KEY,
                "400; POST /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY,
                "400; GET /ws/echo/ HTTP/1.0|" + UPGRADE + "|" + KEY,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|" + KEY,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|Sec-WebSocket-Key: short",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Host: y",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Content-Length: 5",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Transfer-Encoding: chunked",
                "426; GET /ws/echo/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 8|"
                        + KEY,
                "404; GET /ws/nothing/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Connection: close",
                "426; GET /ws/echo/ HTTP/1.1|Host: x|Connection: close",
                "200; GET /page HTTP/1.1|Host: x|Connection: close",
            })
    void answersEachFirstRequestAsItDeserves(String status, String lines) throws Exception {
        assertThat(status(lines)).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /ws/echo/",
                "GET  /ws/echo/ HTTP/1.1|Host: x",
                "GET /ws/echo/ HTTP/1.1|Host : x",
                "GET /ws/echo/ HTTP/1.1|Host: x| folded",
                "GET /ws/echo/ HTTP/1.1|no colon",
                "GET /ws/echo/ HTTP/1.1|Host: x\u0000y",
                "GET /ws/echo/ HTTP/1.1|Host: x|X: a\u000by",
                "GET /ws/echo/ HTTP/1.1|Host: x\nX-Smuggled: y",
                "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "\r",
                "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|X:\r x",
                "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|X:\nY: x",
                "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|X: x\f",
                "\u0001\u0002\u0003",
            })
    void answers400WhatIsNoRequest(String lines) throws Exception {
        assertThat(status(lines)).isEqualTo("400");
    }

    @Test
    void answers431AHeadThatIsTooLargeAndCountsIt() throws Exception {
        long before = APPLICATION.server().refusals().getOrDefault(431, 0L);

        assertThat(status("GET /ws/echo/ HTTP/1.1|Host: x|X: " + "x".repeat(3_000)))
                .isEqualTo("431");

        assertThat(APPLICATION.server().refusals().get(431)).isEqualTo(before + 1);
    }

    @Test
    void answers431AHeadThatIsTooLargeBeforeItHasEnded() throws Exception {
        assertThat(exchange("GET /ws/echo/ HTTP/1.1|Host: x|X: " + "x".repeat(3_000), ""))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void answers408AHeadThatDoesNotEnd() throws Exception {
        assertThat(exchange("GET /ws/echo/ HTTP/1.1|Host: x|", "")).startsWith("HTTP/1.1 408 ");
        assertThat(exchange("", "")).startsWith("HTTP/1.1 408 ");
        assertThat(APPLICATION.server().refusals().get(408)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void answers431InFullToAClientThatSendsOn() throws Exception {
        assertThat(exchange("GET /ws/echo/ HTTP/1.1|Host: x|X: " + "x".repeat(1_000_000) + "||", ""))
                .startsWith("HTTP/1.1 431 ")
                .endsWith("request head must be at most 2048 bytes");
    }

    @Test
    void countsNoMoreTimeOnceTheHeadIsThere() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            send(socket, "GET /ws/late/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||");
            assertThat(exchange("", "")).startsWith("HTTP/1.1 408 ");

            Late.MAY_ACCEPT.complete(Done.getInstance());

            assertThat(receive(socket, " 101 ")).isEqualTo("HTTP/1.1 101 ");
        }
    }

    @Test
    void keepsHttpConnectionsAliveAndUpgradesALaterRequest() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            send(socket, "GET /page HTTP/1.1|Host: x||GET /page HTTP/1.1|Host: x||");
            send(socket, "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||");
            String answers = receive(socket, ACCEPTED);
            send(socket, HELLO);

            assertThat(answers)
                    .containsPattern("(?s)200 OK.*a page.*200 OK.*a page.*101 Switching")
                    .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(receive(socket, "hello")).isEqualTo("\u0081\u0005hello");
        }
    }

    @Test
    void keepsAWebSocketOfALaterRequestBeyondTheHttpIdleTimeout() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            send(socket, "GET /page HTTP/1.1|Host: x||GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||");
            receive(socket, ACCEPTED);
            // Begun but not ended, which the head of a request has no time for.
            send(socket, HELLO.substring(0, 3));

            // Each ends after the time that it may rest.
            exchange("GET /page HTTP/1.1|Host: x||", "");
            exchange("GET /page HTTP/1.1|Host: x||", "");
            send(socket, HELLO.substring(3));

            assertThat(receive(socket, "hello")).isEqualTo("\u0081\u0005hello");
        }
    }

    @Test
    void closesAnHttpConnectionThatRests() throws Exception {
        assertThat(exchange("GET /page HTTP/1.1|Host: x||", ""))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("a page");
    }

    @Test
    void answersAClientThatHasEndedItsSide() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            socket.getOutputStream().write("GET /page HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("a page");
        }
    }

    @Test
    void hearsFramesThatCameTogetherWithTheRequest() throws Exception {
        String answer = exchange("GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||" + HELLO, "hello");

        assertThat(answer).endsWith("\u0081\u0005hello");
    }
}
