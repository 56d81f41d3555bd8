package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
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

    private static final RunningApplication APPLICATION = RunningApplication.start(
            "channels.http { max-header-bytes = 2 KiB, header-timeout = 1s, idle-timeout = 1s }",
            channels -> channels.websocket("ws/echo/", Echo::new)
                    .http(system -> Directives.path("page", () -> Directives.complete("a page"))));

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.awaitNoConnections();
        APPLICATION.close();
    }

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    /** Sends lines, each ended as HTTP wants it, and reads until the server ends or has said enough. */
    private static String exchange(String lines, String enough) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(lines.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            StringBuilder answer = new StringBuilder();
            for (int c = 0; c >= 0 && (enough.isEmpty() || answer.indexOf(enough) < 0); ) {
                c = socket.getInputStream().read();
                answer.append(c < 0 ? "" : (char) c);
            }
            return answer.toString();
        }
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
                "\u0001\u0002\u0003",
            })
    void answers400WhatIsNoRequest(String lines) throws Exception {
        assertThat(status(lines)).isEqualTo("400");
    }

    @Test
    void answers431AHeadThatIsTooLarge() throws Exception {
        assertThat(status("GET /ws/echo/ HTTP/1.1|Host: x|X: " + "x".repeat(3_000)))
                .isEqualTo("431");
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
    void keepsHttpConnectionsAliveAndUpgradesALaterRequest() throws Exception {
        String answer = exchange(
                "GET /page HTTP/1.1|Host: x||GET /page HTTP/1.1|Host: x||GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY
                        + "||",
                "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

        assertThat(answer).containsPattern("(?s)200 OK.*a page.*200 OK.*a page.*101 Switching");
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
        String early = "\u0081\u0085\u0000\u0000\u0000\u0000hello";

        String answer = exchange("GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||" + early, "hello");

        assertThat(answer).endsWith("\u0081\u0005hello");
    }
}
