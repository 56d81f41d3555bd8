package org.pekkochannels.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.tls.TestCertificate;

/** An application behind TLS, with a certificate of its own, and sockets to it. */
abstract class TlsFixture {
    @TempDir
    static Path directory;

    static TestCertificate certificate;

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

    static RunningApplication start(String config) {
        return RunningApplication.start(config, TlsFixture::endpoints);
    }

    /** A TLS socket above one of TCP, to see the ends of both. */
    static SSLSocket secure(Socket tcp, SSLContext context, String... protocols) throws IOException {
        tcp.setSoTimeout(20_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, "127.0.0.1", tcp.getPort(), false);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    static Socket tcp(RunningApplication application) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), application.port());
    }
}
