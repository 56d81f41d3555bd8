package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.websocket.UpgradeRequest;

/** How connections of TLS begin and end, byte for byte: with all that was said, and never left hanging. */
@Tag("edge")
@Execution(ExecutionMode.CONCURRENT)
class TlsEndTest extends TlsFixture {
    private static final String UPGRADE = UpgradeRequest.of("/ws/");

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
                SSLSocket taken = secure(first, certificate.client())) {
            taken.startHandshake();
            try (Socket tcp = tcp(application);
                    SSLSocket socket = secure(tcp, certificate.client())) {
                assertThat(rest(socket)).startsWith("HTTP/1.1 503 ").endsWith("too many connections");
            }
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
}
