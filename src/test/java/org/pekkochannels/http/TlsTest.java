package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.edge.TestCertificate;

/** HTTPS and wss over real sockets. */
class TlsTest {
    private static final String UPGRADE = """
            GET /ws/ HTTP/1.1\r
            Host: x\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeACertificate() throws Exception {
        certificate = TestCertificate.make(directory, "first", "EC");
    }

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "scheme" -> send(scope().scheme());
                case "bye" -> send("last words").thenCompose(sent -> close(4001, "bye"));
                default -> send(text);
            };
        }
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/", Echo::new)
                .http(system -> Directives.extractUri(uri -> Directives.complete(uri.toString())));
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start(config, TlsTest::endpoints);
    }

    private static URI uri(RunningApplication application, String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + application.port() + path);
    }

    private static JdkClient connect(RunningApplication application, TestCertificate trusted) throws Exception {
        HttpClient http = HttpClient.newBuilder().sslContext(trusted.client()).build();
        return JdkClient.connect(http.newWebSocketBuilder(), uri(application, "wss", "/ws/"));
    }

    /** A TLS socket above one of TCP, to see the ends of both. */
    private static SSLSocket secure(Socket tcp, SSLContext context, String... protocols) throws IOException {
        tcp.setSoTimeout(20_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, "127.0.0.1", tcp.getPort(), false);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    private static Socket tcp(RunningApplication application) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), application.port());
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Reads until the connection has ended, in whatever way. */
    private static void awaitEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    private static String masked(String text) {
        return "\u0081" + (char) (0x80 + text.length()) + "\0\0\0\0" + text;
    }

    private static void conversesWith(String config, TestCertificate trusted) throws Exception {
        try (RunningApplication application = start(config)) {
            HttpClient http =
                    HttpClient.newBuilder().sslContext(trusted.client()).build();
            HttpRequest page =
                    HttpRequest.newBuilder(uri(application, "https", "/page")).build();
            String body = http.send(page, HttpResponse.BodyHandlers.ofString()).body();
            JdkClient client = connect(application, trusted);
            String large = "x".repeat(60_000);

            assertThat(body).isEqualTo(uri(application, "https", "/page").toString());
            assertThat(client.send("scheme").next()).isEqualTo("wss");
            assertThat(client.send(large).next()).isEqualTo(large);
            assertThat(client.close(4002, "enough")).isEqualTo(new JdkClient.Closed(4002, ""));
            application.awaitNoConnections();
        }
    }

    @Test
    void servesWithAKeyStore() throws Exception {
        conversesWith(certificate.keyStoreConfig(), certificate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void servesWithPemFiles(String keyAlgorithm) throws Exception {
        TestCertificate made = TestCertificate.make(directory, keyAlgorithm, keyAlgorithm);

        conversesWith(made.pemConfig(), made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void sendsItsLastWordsThenItsCloseFrameThenTheEnd(String protocol) throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client(), protocol)) {
            send(socket, UPGRADE + masked("bye"));

            assertThat(rest(socket))
                    .startsWith("HTTP/1.1 101 ")
                    .endsWith("\u0081\nlast words\u0088\u0005\u000f\u00a1bye");
            socket.shutdownOutput();
            awaitEnd(tcp);
            application.awaitNoConnections();
        }
    }

    @Test
    void answersInFullWhereItRefuses() throws Exception {
        try (RunningApplication application =
                        start(certificate.keyStoreConfig() + "channels.http.max-header-bytes = 1 KiB");
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client())) {
            send(socket, "GET /ws/ HTTP/1.1\r\nX: " + "x".repeat(2_000) + "\r\n\r\n");

            assertThat(rest(socket)).startsWith("HTTP/1.1 431 ").endsWith("request head must be at most 1024 bytes");
        }
    }

    @Test
    void answersInFullWhereThereAreTooManyConnections() throws Exception {
        try (RunningApplication application =
                        start(certificate.keyStoreConfig() + "channels.http.max-connections = 1");
                Socket first = tcp(application);
                SSLSocket taken = secure(first, certificate.client());
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client())) {
            taken.startHandshake();

            assertThat(rest(socket)).startsWith("HTTP/1.1 503 ").endsWith("too many connections");
        }
    }

    @Test
    void answersInFullWhereAnHttpClientWantsTheEnd() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client())) {
            send(socket, "GET /page HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n");

            assertThat(rest(socket)).startsWith("HTTP/1.1 200 ").endsWith("https://example.org/page");
        }
    }

    @Test
    void cutsAClientThatDoesNotEndTheConnection() throws Exception {
        try (RunningApplication application =
                        start(certificate.keyStoreConfig() + "channels.websocket.close-timeout = 200ms");
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client(), "TLSv1.3")) {
            send(socket, UPGRADE + masked("bye"));
            rest(socket);

            awaitEnd(tcp);
            application.awaitNoConnections();
        }
    }

    @Test
    void cutsAClientThatDoesNotFinishItsHandshake() throws Exception {
        String impatient = "channels.http.header-timeout = 200ms, channels.websocket.close-timeout = 200ms";
        try (RunningApplication application = start(certificate.keyStoreConfig() + impatient);
                Socket tcp = tcp(application)) {
            tcp.setSoTimeout(20_000);

            awaitEnd(tcp);
        }
    }

    @Test
    void endsAConnectionThatSpeaksNoTls() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = tcp(application)) {
            tcp.setSoTimeout(20_000);
            send(tcp, UPGRADE);

            awaitEnd(tcp);
        }
    }

    @Test
    void noticesAClientThatIsLost() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig())) {
            try (Socket tcp = tcp(application)) {
                SSLSocket socket = secure(tcp, certificate.client());
                send(socket, UPGRADE + masked("hello"));
                assertThat(socket.getInputStream().readNBytes(12)).hasSize(12);
                tcp.setSoLinger(true, 0);
            }

            application.awaitNoConnections();
        }
    }

    @Test
    void handshakesEveryTime() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig())) {
            for (int i = 0; i < 100; i++) {
                assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());
            }
        }
    }

    @Test
    void speaksOnlyTheProtocolsItIsToldTo() throws Exception {
        try (RunningApplication application =
                        start(certificate.keyStoreConfig() + "channels.http.tls.protocols = [TLSv1.2]");
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client())) {
            socket.startHandshake();

            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
    }

    @Test
    void takesANewCertificateWithoutARestartAndKeepsTheOldOneWhereTheNewIsBad() throws Exception {
        TestCertificate next = TestCertificate.make(directory, "next", "RSA");
        Path served = directory.resolve("served.p12");
        Files.copy(certificate.keyStore(), served);
        TestCertificate current = new TestCertificate(served, certificate.certificate(), certificate.privateKey());
        try (RunningApplication application =
                start(current.keyStoreConfig() + "channels.http.tls.reload-interval = 1ms")) {
            assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());
            JdkClient before = connect(application, certificate);

            Files.writeString(served, "nonsense");
            assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());
            Files.delete(served);
            assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());

            Files.copy(next.keyStore(), served, StandardCopyOption.REPLACE_EXISTING);
            TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
                assertThat(servedTo(application, next)).isEqualTo(next.x509());
                return true;
            });
            assertThat(before.send("still here").next()).isEqualTo("still here");
            before.close(1000, "");
            application.awaitNoConnections();
        }
    }

    private static Certificate servedTo(RunningApplication application, TestCertificate trusted) {
        try (Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, trusted.client())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        } catch (Exception e) {
            throw new AssertionError("no handshake", e);
        }
    }
}
