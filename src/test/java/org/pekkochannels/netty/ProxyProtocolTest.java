package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.tls.TestCertificate;
import org.pekkochannels.websocket.UpgradeRequest;

/** The PROXY protocol before everything else that is said on a connection, TLS too. */
class ProxyProtocolTest {
    private static final String UPGRADE = UpgradeRequest.of("/ws/who/");
    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String HELLO = "\u0081\u0085\0\0\0\0hello";
    // So long that nothing ends by being late.
    private static final String PROXIED = """
            channels.netty.proxy-protocol = on
            channels.http.trusted-proxies = [127.0.0.1]
            channels.http.header-timeout = 1m
            """;
    private static final String TEXT_HEADER = "PROXY TCP4 203.0.113.7 127.0.0.1 5555 80\r\n";
    // How a header of version 2 begins; after it come the commands PROXY or LOCAL.
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    private static final String PROXY = "!";
    private static final String LOCAL = " ";
    // TCP over IPv4, twelve bytes: 203.0.113.7:5555 to 127.0.0.1:80.
    private static final String IPV4 = "\u0011\0\u000c\u00cb\0q\u0007\u007f\0\0\u0001\u0015\u00b3\0P";
    // TCP over IPv6, 36 bytes: [2001:db8::7]:5555 to [::1]:80.
    private static final String IPV6 =
            "!\0$ \u0001\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0007" + "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\u0001\u0015\u00b3\0P";
    // What a proxy has no addresses for.
    private static final String UNSPECIFIED = "\0\0\0";
    private static final String BINARY_HEADER = SIGNATURE + PROXY + IPV4;
    private static final String NO_FAMILY = "PROXY TCP9 203.0.113.7 127.0.0.1 5555 80\r\n";
    private static final String NO_VERSION = SIGNATURE + "1" + IPV4;

    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeACertificate() throws Exception {
        certificate = TestCertificate.make(directory, "proxied", "EC");
    }

    /** Tells its client who that is, and echoes. */
    private static final class Who extends WebSocketConsumer {
        Who(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(scope().scheme() + " client "
                    + scope().client().orElseThrow().getAddress().getHostAddress()));
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start("channels.edge = netty\n" + config, ProxyProtocolTest::endpoints);
    }

    private static RunningApplication startWithTls() {
        return start(PROXIED + certificate.keyStoreConfig());
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/who/", Who::new)
                .http(system -> Directives.path(
                        "page",
                        () -> Directives.extractClientIP(ip -> Directives.complete("client "
                                + ip.getAddress()
                                        .map(InetAddress::getHostAddress)
                                        .orElse("-")))));
    }

    private static Socket connect(RunningApplication application) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), application.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** TLS, of which a connection has said nothing yet. */
    private static Socket secured(Socket tcp) throws Exception {
        return certificate.client().getSocketFactory().createSocket(tcp, "127.0.0.1", tcp.getPort(), true);
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Reads what comes until there is enough or the end. */
    private static String read(Socket socket, String enough) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        for (int c = 0; c >= 0 && answer.indexOf(enough) < 0; ) {
            c = in.read();
            answer.append(c < 0 ? "" : (char) c);
        }
        return answer.toString();
    }

    private static String exchange(RunningApplication application, String bytes, String enough) throws IOException {
        try (Socket socket = connect(application)) {
            send(socket, bytes);
            return read(socket, enough);
        }
    }

    private static void endLeakFree(RunningApplication application) {
        application.awaitNoConnections();
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT_HEADER, BINARY_HEADER})
    void takesTheClientsAddressFromTheProxyProtocol(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 203.0.113.7"))
                .contains("ws client 203.0.113.7");
        assertThat(exchange(application, header + PAGE, "client 203.0.113.7")).contains("client 203.0.113.7");
        endLeakFree(application);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY TCP6 2001:db8::7 ::1 5555 80\r\n", SIGNATURE + PROXY + IPV6})
    void takesTheClientsIpv6AddressFromTheProxyProtocol(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 2001:db8:0:0:0:0:0:7"))
                .contains("client 2001:db8:0:0:0:0:0:7");
        endLeakFree(application);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NO_FAMILY, NO_VERSION})
    void cutsATrustedProxyThatSendsNoHeaderOrABadOne(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client")).isEmpty();
        endLeakFree(application);
        // The decoder closes the connection before it fails.
        assertThat(application.server().cuts()).containsExactly(entry("proxy-protocol", 1L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", SIGNATURE + LOCAL + UNSPECIFIED, SIGNATURE + LOCAL + IPV4})
    void takesAProxysHealthCheckForItsOwn(String header) throws IOException {
        RunningApplication application = start(PROXIED);

        assertThat(exchange(application, header + UPGRADE, "client 127.0.0.1")).contains("client 127.0.0.1");
        endLeakFree(application);
    }

    @Test
    void believesNobodyElsesHeader() throws IOException {
        RunningApplication application = start("""
                channels.netty.proxy-protocol = on
                channels.http.trusted-proxies = [203.0.113.1]
                """);

        assertThat(exchange(application, TEXT_HEADER + UPGRADE, "400")).startsWith("HTTP/1.1 400");
        endLeakFree(application);
    }

    @Test
    void refusesTheProxyProtocolWithoutTrustedProxies() {
        assertThatThrownBy(() -> start("channels.netty.proxy-protocol = on"))
                .hasMessageContaining("channels.netty.proxy-protocol")
                .hasMessageContaining("channels.http.trusted-proxies");
    }

    @ParameterizedTest
    @ValueSource(strings = {TEXT_HEADER, BINARY_HEADER})
    void takesTheClientsAddressFromAHeaderInClearBeforeTls(String header) throws Exception {
        RunningApplication application = startWithTls();

        try (Socket tcp = connect(application)) {
            send(tcp, header);
            Socket socket = secured(tcp);
            send(socket, UPGRADE + HELLO);
            assertThat(read(socket, "hello"))
                    .startsWith("HTTP/1.1 101 ")
                    .contains("wss client 203.0.113.7")
                    .endsWith("\u0081\u0005hello");
        }
        try (Socket tcp = connect(application)) {
            send(tcp, header);
            Socket socket = secured(tcp);
            send(socket, PAGE);
            assertThat(read(socket, "client 203.0.113.7")).contains("client 203.0.113.7");
        }
        endLeakFree(application);
    }

    /** As proxies send it, with what the client has said meanwhile: a record of TLS that begins its handshake. */
    @ParameterizedTest
    @ValueSource(strings = {TEXT_HEADER, BINARY_HEADER})
    void hearsTheTlsThatCameTogetherWithTheHeader(String header) throws Exception {
        RunningApplication application = startWithTls();

        assertThat(exchange(application, header + clientHello(), "\u0016\u0003\u0003"))
                .isEqualTo("\u0016\u0003\u0003");
        endLeakFree(application);
    }

    private static String clientHello() throws Exception {
        SSLEngine client = certificate.client().createSSLEngine();
        client.setUseClientMode(true);
        byte[] record = new byte[client.getSession().getPacketBufferSize()];
        int length =
                client.wrap(ByteBuffer.allocate(0), ByteBuffer.wrap(record)).bytesProduced();
        return new String(Arrays.copyOf(record, length), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", NO_FAMILY, NO_VERSION})
    void cutsATrustedProxyThatSendsTlsAfterNoHeaderOrABadOne(String header) throws Exception {
        RunningApplication application = startWithTls();

        try {
            assertThat(exchange(application, header + clientHello(), "\u0016")).doesNotContain("\u0016");
        } catch (SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        endLeakFree(application);
    }
}
