package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** What a consumer, and the access log, hear of a client behind a proxy, on both ways in. */
@Tag("edge")
class ProxiedRequestTest {
    private static final class WhoAmI extends WebSocketConsumer {
        WhoAmI(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            InetSocketAddress client = scope().client().orElseThrow();
            return accept().thenCompose(accepted -> send(scope().scheme() + " " + client.getHostString()));
        }
    }

    private static Object heard(RunningApplication application, String name, String value) {
        JdkClient client = JdkClient.connect(
                JdkClient.http()
                        .newWebSocketBuilder()
                        .header("X-Forwarded-Proto", "https")
                        .header(name, value),
                application.ws("/ws/who/"));
        Object heard = client.next();
        client.close(1000, "");
        return heard;
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.websocket("ws/who/", WhoAmI::new)
                        .http(system -> Directives.path(
                                "uri", () -> Directives.extractUri(uri -> Directives.complete(uri.toString())))));
    }

    @Test
    void believesATrustedProxy() {
        try (RunningApplication application = start("channels.http.trusted-proxies = [127.0.0.0/8]")) {
            assertThat(heard(application, "X-Forwarded-For", "6.6.6.6, 2001:db8::7"))
                    .isEqualTo("wss 2001:db8:0:0:0:0:0:7");
            application.awaitNoConnections();
        }
    }

    @Test
    void believesForwardedWhereThatIsWhatProxiesWrite() {
        String config = "channels.http { trusted-proxies = [10.0.0.0/8, 127.0.0.1], forwarded-headers = forwarded }";
        try (RunningApplication application = start(config)) {
            assertThat(heard(application, "Forwarded", "for=\"[2001:db8::7]:4711\";proto=https"))
                    .isEqualTo("wss 2001:db8:0:0:0:0:0:7");
            application.awaitNoConnections();
        }
    }

    @Test
    void believesNobodyElse() {
        try (RunningApplication application = start("channels.http.trusted-proxies = [10.0.0.0/8]")) {
            assertThat(heard(application, "X-Forwarded-For", "6.6.6.6")).isEqualTo("ws 127.0.0.1");
            application.awaitNoConnections();
        }
    }

    @Test
    void believesATrustedProxyOnItsLaterRequestsToo() throws Exception {
        String requests = """
                GET /page HTTP/1.1\r
                Host: x\r
                \r
                GET /ws/who/ HTTP/1.1\r
                Host: x\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                X-Forwarded-For: 6.6.6.6, [2001:db8::7]:4711\r
                X-Forwarded-For: 127.0.0.9\r
                X-Forwarded-Proto: https\r
                \r
                """;
        try (RunningApplication application = start("channels.http.trusted-proxies = [127.0.0.0/8]")) {
            String answer = exchange(application, requests, "2001:db8:0:0:0:0:0:7");

            assertThat(answer).contains("404 Not Found", "101 Switching").endsWith("wss 2001:db8:0:0:0:0:0:7");
            application.awaitNoConnections();
        }
    }

    private static String uriOfAPage(RunningApplication application) throws IOException {
        String request = """
                GET /uri HTTP/1.1\r
                Host: example.org\r
                X-Forwarded-For: 6.6.6.6\r
                X-Forwarded-Proto: https\r
                \r
                """;
        return exchange(application, request, "//example.org/uri");
    }

    @Test
    void tellsPagesTheSchemeThatATrustedProxySaw() throws Exception {
        try (RunningApplication application = start("channels.http.trusted-proxies = [127.0.0.1]")) {
            assertThat(uriOfAPage(application)).endsWith("https://example.org/uri");
        }
    }

    @Test
    void tellsPagesItsOwnSchemeWhereNobodyIsTrusted() throws Exception {
        try (RunningApplication application = start("channels.http.trusted-proxies = [10.0.0.0/8]")) {
            assertThat(uriOfAPage(application)).endsWith("http://example.org/uri");
        }
    }

    @Test
    void refusesALaterPageWhoseHeaderHoldsAControlCharacter() throws Exception {
        String requests = """
                GET /page HTTP/1.1\r
                Host: x\r
                \r
                GET /uri HTTP/1.1\r
                Host: example.org\r
                X-Forwarded-Proto: https\r
                X-Name: a\u007fb\r
                \r
                """;
        try (RunningApplication application = start("channels.http.trusted-proxies = [127.0.0.1]")) {
            assertThat(exchange(application, requests, "malformed request")).contains("404 Not Found", "HTTP/1.1 400 ");
        }
    }

    private static String exchange(RunningApplication application, String request, String enough) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf(enough) < 0) {
                int c = socket.getInputStream().read();
                assertThat(c).as("after %s", answer).isNotNegative();
                answer.append((char) c);
            }
            return answer.toString();
        }
    }
}
