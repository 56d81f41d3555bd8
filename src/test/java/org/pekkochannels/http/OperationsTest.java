package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.metrics.ChannelsMetrics;

/** What an operator sees, and bounds. */
@Tag("edge")
class OperationsTest {
    private static RunningApplication start(String config) {
        return RunningApplication.start(config, channels -> channels.websocket("ws/echo/", Echo::new));
    }

    private static HttpResponse<String> get(RunningApplication application, String path) throws Exception {
        return JdkClient.http()
                .send(HttpRequest.newBuilder(application.http(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answers503OverTheNumberOfWebSocketsAndTakesMoreWhenOneLeaves() throws Exception {
        try (RunningApplication application = start("channels.http.max-websockets = 2");
                RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.FullServer")) {
            JdkClient first = JdkClient.connect(application.ws("/ws/echo/"));
            JdkClient second = JdkClient.connect(application.ws("/ws/echo/"));

            assertThat(application.refusal("/ws/echo/").statusCode()).isEqualTo(503);
            assertThat(application.server().refusals()).containsExactly(entry(503, 1L));
            assertThat(warnings.soFar("2 are open, which is channels.http.max-websockets; raise it"))
                    .hasSize(1);
            assertThat(first.send("still here").next()).isEqualTo("still here");
            first.close(1000, "");
            second.close(1000, "");
            application.awaitNoConnections();

            JdkClient third = JdkClient.connect(application.ws("/ws/echo/"));
            assertThat(third.send("hello").next()).isEqualTo("hello");
            third.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void answers503OverTheNumberOfConnectionsAndCountsIt() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (RunningApplication application =
                start("channels.http.max-connections = 1, channels.metrics.global-registry = off")) {
            new ChannelsMetrics(application.system()).bindTo(registry);
            RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.FullServer");
            JdkClient only = JdkClient.connect(application.ws("/ws/echo/"));

            for (int refused = 1; refused <= 2; refused++) {
                assertThat(upgradeFrom(application, "http://127.0.0.1:" + application.port()))
                        .isEqualTo(503);
                assertThat(registry.get("channels.http.refusals")
                                .tags("status", "503", "reason", "max-connections")
                                .functionCounter()
                                .count())
                        .isEqualTo(refused);
            }
            warnings.close();
            assertThat(warnings.soFar("1 are open, the most that channels.http.max-connections"))
                    .hasSize(1);
            assertThat(registry.get("channels.http.connections").gauge().value())
                    .isEqualTo(1);
            assertThat(only.send("still here").next()).isEqualTo("still here");
            only.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void tellsThatItIsAliveAndReady() throws Exception {
        try (RunningApplication application = start("")) {
            assertThat(get(application, "/alive").statusCode()).isEqualTo(200);
            assertThat(get(application, "/ready").body()).isEqualTo("ready");
        }
    }

    @Test
    void leavesTheRejectionsOfPagesAsTheyAre() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "",
                channels -> channels.http(system -> Directives.concat(
                        Directives.path(
                                "secret", () -> Directives.authorize(() -> false, () -> Directives.complete("secret"))),
                        Directives.path("form", () -> Directives.post(() -> Directives.complete("sent"))))))) {
            assertThat(JdkClient.http()
                            .send(
                                    HttpRequest.newBuilder(application.http("/secret"))
                                            .POST(HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(403);
            assertThat(get(application, "/form").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void servesNoHealthWhereThatIsOff() throws Exception {
        try (RunningApplication application = start("channels.http.health = off")) {
            assertThat(get(application, "/ready").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void refusesAForeignOriginBeforeAnyUpgrade() throws Exception {
        try (RunningApplication application = start("")) {
            assertThat(upgradeFrom(application, "http://127.0.0.1:" + application.port()))
                    .isEqualTo(101);
            assertThat(upgradeFrom(application, "https://evil.example")).isEqualTo(403);
            assertThat(application.server().refusals()).containsExactly(entry(403, 1L));
            application.awaitNoConnections();
        }
        try (RunningApplication application = start("channels.http.allowed-origins = [\"good.example\"]")) {
            assertThat(upgradeFrom(application, "https://good.example")).isEqualTo(101);
            application.awaitNoConnections();
        }
    }

    private static int upgradeFrom(RunningApplication application, String origin) throws IOException {
        return status(application, """
                    GET /ws/echo/ HTTP/1.1\r
                    Host: 127.0.0.1:%d\r
                    Origin: %s\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                    \r
                    """.formatted(application.port(), origin));
    }

    private static int status(RunningApplication application, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return status(socket);
        }
    }

    private static int status(Socket socket) throws IOException {
        byte[] status = socket.getInputStream().readNBytes(12);
        return Integer.parseInt(new String(status, 9, 3, StandardCharsets.US_ASCII));
    }

    @Test
    void warnsOfAHandshakeThatAProxyHasStripped() throws Exception {
        try (RecordedLog warnings = new RecordedLog("org.pekkochannels.edge.MisdirectedClients");
                RunningApplication application = start("")) {
            String key = "Host: x\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

            assertThat(status(application, "GET /ws/echo/ HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .isEqualTo(426);
            assertThat(status(application, "GET /ws/echo/?token=secret HTTP/1.1\r\n" + key + "\r\n"))
                    .isEqualTo(426);
            assertThat(status(application, "GET /ws/echo/ HTTP/1.1\r\n" + key + "Upgrade: websocket\r\n\r\n"))
                    .isEqualTo(400);

            assertThat(warnings.soFar(""))
                    .singleElement()
                    .asString()
                    .contains(
                            "/ws/echo/ with 426: This address accepts WebSockets only; a proxy in front of this server must")
                    .doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16030100c8010000c4, 'uses TLS, and this port does not; set channels.http.tls.enabled'",
        "50524f58592054435034203120322033203420350d0a, 'PROXY protocol, and this port does not; set channels.netty.proxy'",
        "0d0a0d0a000d0a515549540a2111000c, 'PROXY protocol, and this port does not; set channels.netty.proxy'",
    })
    void namesTheProtocolThatIsSpokenInsteadOfHttp(String bytes, String words) throws Exception {
        String rest = bytes.startsWith("50") ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "";
        String text = new String(HexFormat.of().parseHex(bytes), StandardCharsets.ISO_8859_1) + rest;
        try (LoggedLines log = new LoggedLines("org.pekkochannels.edge.MisdirectedClients");
                RunningApplication application = start("")) {
            assertThat(status(application, text)).isEqualTo(400);

            assertThat(log.next()).startsWith("127.0.0.1 ").contains(words);
        }
    }

    @Test
    void saysThatItIsAliveButNotReadyWhileItStops() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        RunningApplication application = RunningApplication.start(
                "",
                channels -> channels.websocket("ws/slow/", context -> new WebSocketConsumer(context) {
                    @Override
                    protected CompletionStage<?> receive(String text) {
                        return database().useHandle(handle -> mayEnd.await());
                    }
                }));
        JdkClient busy = JdkClient.connect(application.ws("/ws/slow/"));
        JdkClient idle = JdkClient.connect(application.ws("/ws/slow/"));
        // A connection that is there already: new ones are not taken any more.
        assertThat(get(application, "/ready").statusCode()).isEqualTo(200);
        busy.send("work");

        CompletionStage<?> stopped = application.server().stop();
        assertThat(((JdkClient.Closed) idle.next()).code()).isEqualTo(1012);

        assertThat(get(application, "/ready").statusCode()).isEqualTo(503);
        assertThat(get(application, "/alive").statusCode()).isEqualTo(200);
        mayEnd.countDown();
        stopped.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
