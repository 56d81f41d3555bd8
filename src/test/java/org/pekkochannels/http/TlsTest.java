package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.tls.TestCertificate;

/** HTTPS and wss over real sockets: whom they are served by, and how they speak. */
@Tag("edge")
@Execution(ExecutionMode.CONCURRENT)
class TlsTest extends TlsFixture {
    private static URI uri(RunningApplication application, String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + application.port() + path);
    }

    private static JdkClient connect(RunningApplication application, TestCertificate trusted) throws Exception {
        HttpClient http = HttpClient.newBuilder().sslContext(trusted.client()).build();
        return JdkClient.connect(http.newWebSocketBuilder(), uri(application, "wss", "/ws/"));
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
    void endsAConnectionOfTls12ThatBeginsASecondHandshake() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client(), "TLSv1.2")) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new ChannelsMetrics(application.system()).bindTo(registry);
            assertServed(socket);

            assertThatThrownBy(() -> beginAnotherHandshake(socket))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);

            TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
                assertThat(registry.get("channels.http.renegotiations")
                                .functionCounter()
                                .count())
                        .isOne();
                return true;
            });
            assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());
        }
    }

    @Test
    void countsHandshakesThatFailAndNoConnectionThatOnlyProbesThePort() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig())) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new ChannelsMetrics(application.system()).bindTo(registry);
            TestProbe<?> probe = TestProbe.create(application.system());
            FunctionCounter failures =
                    registry.get("channels.http.tls.failures").functionCounter();
            tcp(application).close();

            try (Socket plain = tcp(application)) {
                plain.setSoTimeout(20_000);
                plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                readToTheEnd(plain);
            }
            probe.awaitAssert(
                    Duration.ofSeconds(20), () -> assertThat(failures.count()).isEqualTo(1));
            try (Socket tcp = tcp(application);
                    SSLSocket distrustful = secure(tcp, SSLContext.getDefault())) {
                assertThatThrownBy(distrustful::startHandshake).isInstanceOf(SSLException.class);
            }
            probe.awaitAssert(
                    Duration.ofSeconds(20), () -> assertThat(failures.count()).isEqualTo(2));
            // Sooner than header-timeout would end them.
            probe.awaitAssert(
                    Duration.ofSeconds(5),
                    () -> assertThat(registry.get("channels.http.connections")
                                    .gauge()
                                    .value())
                            .isZero());
        }
    }

    private static void readToTheEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // which is an end, too
        }
    }

    @Test
    void updatesTheKeysOfTls13() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = tcp(application);
                SSLSocket socket = secure(tcp, certificate.client(), "TLSv1.3")) {
            assertServed(socket);
            socket.startHandshake();
            assertServed(socket);
        }
    }

    @Test
    void endsAConnectionThatLeavesAnswersToKeyUpdatesUnread() throws Exception {
        try (RunningApplication application = start(certificate.keyStoreConfig());
                Socket tcp = new Socket()) {
            tcp.setReceiveBufferSize(4096);
            // Else some hundred thousand are on their way to a server that is behind.
            tcp.setSendBufferSize(4096);
            tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), application.port()));
            try (SSLSocket socket = secure(tcp, certificate.client(), "TLSv1.3")) {
                assertServed(socket);

                assertThatThrownBy(() -> updateKeysForEver(socket)).isInstanceOf(IOException.class);

                application.awaitNoConnections();
                SimpleMeterRegistry registry = new SimpleMeterRegistry();
                new ChannelsMetrics(application.system()).bindTo(registry);
                assertThat(registry.get("channels.http.unread.key.updates")
                                .functionCounter()
                                .count())
                        .isEqualTo(1);
                assertThat(servedTo(application, certificate)).isEqualTo(certificate.x509());
            }
        }
    }

    private static void updateKeysForEver(SSLSocket socket) throws IOException {
        while (true) {
            socket.startHandshake();
        }
    }

    private static void beginAnotherHandshake(SSLSocket socket) throws IOException {
        socket.startHandshake();
        int next = socket.getInputStream().read();
        throw new AssertionError("the server went on with " + next);
    }

    private static void assertServed(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET /page HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder response = new StringBuilder();
        while (response.indexOf("https://x/page") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the next byte after %s", response).isNotNegative();
            response.append((char) next);
        }
    }

    @Test
    void takesAGoodNewCertificateWithoutARestart() throws Exception {
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
