package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.websocket.UpgradeRequest;

/** The lines of the access log, and that it is off unless it is configured. */
@Tag("edge")
class AccessLogTest {
    private static final String LOGGER = "org.pekkochannels.access";
    private static final String ID = " [0-9a-z]{5}-[0-9a-z]+";

    private static RunningApplication start(String config) {
        return startWith("channels.http.access-log = on\n" + config);
    }

    private static RunningApplication startWith(String config) {
        return RunningApplication.start(config, channels -> channels.websocket("ws/echo/", Echo::new));
    }

    private static int status(RunningApplication application, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            byte[] status = socket.getInputStream().readNBytes(12);
            return Integer.parseInt(new String(status, 9, 3, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void writesNothingByDefault() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = startWith("")) {
            JdkClient.connect(application.ws("/ws/echo/")).close(1000, "");
            assertThat(status(application, "nonsense\r\n\r\n")).isEqualTo(400);
            assertThat(status(application, UpgradeRequest.of("/ws/unknown"))).isEqualTo(404);
            application.awaitNoConnections();

            assertThat(log.nextNow()).isEqualTo("null");
        }
    }

    @Test
    void writesALineForEachOpeningRejectionAndEnd() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("")) {
            JdkClient.connect(application.ws("/ws/echo/?token=secret")).close(4001, "bye");
            application.awaitNoConnections();

            String connected = log.next();
            assertThat(connected).matches("127.0.0.1 WSCONNECT /ws/echo/" + ID);
            assertThat(log.next())
                    .matches("127.0.0.1 WSDISCONNECT /ws/echo/ 4001 \\d+ms" + ID)
                    .endsWith(connected.substring(connected.lastIndexOf(' ')));
            assertThat(status(application, UpgradeRequest.of("/ws/echo/", "Origin: https://evil.example\r\n")))
                    .isEqualTo(403);
            assertThat(log.next()).matches("127.0.0.1 WSREJECT /ws/echo/ 403" + ID);
        }
    }

    @Test
    void writesALineForEachUnreadableRequest() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("channels.http.max-header-bytes = 256 B")) {
            assertThat(status(application, "nonsense\r\n\r\n")).isEqualTo(400);
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT - 400");
            assertThat(status(application, "GET /" + "x".repeat(300))).isEqualTo(431);
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT - 431");
            assertThat(status(application, "GET /ws/echo/?token=secret HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"))
                    .isEqualTo(400);
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT /ws/echo/ 400");
        }
    }

    @Test
    void writesALineForAnIncompleteRequest() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("channels.http.header-timeout = 300ms")) {
            assertThat(status(application, "GET /ws/echo/")).isEqualTo(408);
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT - 408");
        }
    }

    @Test
    void writesALineForARequestWithoutUpgrade() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("")) {
            assertThat(status(application, "GET /ws/echo/?token=secret HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .isEqualTo(426);

            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT /ws/echo/ 426");
            assertThat(application.server().refusals()).containsExactly(entry(426, 1L));
        }
    }

    @Test
    void writesALineForAnUpgradeWithoutRoute() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("")) {
            String upgrade = UpgradeRequest.of("/ws/echo?token=secret");

            assertThat(status(application, "GET /ws/echo HTTP/1.1\r\nHost: x\r\n\r\n"))
                    .isEqualTo(404);
            assertThat(status(application, upgrade)).isEqualTo(404);

            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT /ws/echo 404");
            assertThat(application.server().refusals()).containsExactly(entry(404, 1L));
        }
    }

    @Test
    void writesALineForAMalformedLaterRequest() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("");
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("""
                    GET /alive HTTP/1.1\r
                    Host: x\r
                    \r
                    GET /ws/echo/ HTTP/1.1\r
                    Host: x\r
                    X: a\u007fb\r
                    Connection: close\r
                    \r
                    """.getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("HTTP/1.1 200 ", "HTTP/1.1 400 ")
                    .endsWith("malformed request");
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT - 400");
            assertThat(application.server().refusals()).containsExactly(entry(400, 1L));
        }
    }

    @Test
    void writesALineForEachConnectionOverTheBound() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = start("channels.http.max-connections = 1")) {
            JdkClient only = JdkClient.connect(application.ws("/ws/echo/"));
            assertThat(log.next()).matches("127.0.0.1 WSCONNECT /ws/echo/" + ID);

            assertThat(status(application, "")).isEqualTo(503);
            assertThat(log.next()).isEqualTo("127.0.0.1 WSREJECT - 503");
            only.close(1000, "");
            application.awaitNoConnections();
        }
    }

    /** Has a word for the log. */
    private static final class Known extends WebSocketConsumer {
        Known(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            logContext("user", "Ann Lee\nWSCONNECT");
            return accept();
        }
    }

    @Test
    void writesTheWordsOfTheApplication() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                RunningApplication application = RunningApplication.start(
                        "channels.http.access-log = on", channels -> channels.websocket("ws/known/", Known::new))) {
            JdkClient.connect(application.ws("/ws/known/")).close(1000, "");
            application.awaitNoConnections();

            assertThat(log.next()).matches("127.0.0.1 WSCONNECT /ws/known/" + ID + " user=Ann_Lee\\?WSCONNECT");
            assertThat(log.next())
                    .matches("127.0.0.1 WSDISCONNECT /ws/known/ 1000 \\d+ms" + ID + " user=Ann_Lee\\?WSCONNECT");
        }
    }

    @Test
    void namesTheConnectionInTheLinesOfItsSession() throws Exception {
        try (LoggedLines log = new LoggedLines(LOGGER);
                LoggedLines session = new LoggedLines("org.pekkochannels.websocket");
                RunningApplication application = start("channels.websocket.max-message-bytes = 1 KiB")) {
            JdkClient client = JdkClient.connect(application.ws("/ws/echo/"));
            client.send("x".repeat(2000));
            application.awaitNoConnections();

            String connected = log.next();
            assertThat(session.nextContext())
                    .containsEntry("connection", connected.substring(connected.lastIndexOf(' ') + 1))
                    .containsEntry("client", "127.0.0.1");
        }
    }
}
