package org.pekkochannels.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.websocket.Endpoint;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.TransportContract;

/** The transport of a connection that was taken over from Pekko HTTP after its 101. */
class SocketTransportTest extends TransportContract {
    private static final String UPGRADE = """
            GET / HTTP/1.1\r
            Host: localhost\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    private static ActorSystem<?> system;

    @BeforeAll
    static void startSystem() {
        system = ActorSystem.create(Behaviors.empty(), "transport-contract");
    }

    @AfterAll
    static void stopSystem() throws Exception {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Override
    protected RawClient connect(Endpoint endpoint) throws Exception {
        Function<HttpRequest, HttpResponse> upgrade = request -> WebSocketTakeover.response(
                request.getAttribute(AttributeKeys.webSocketUpgrade).orElseThrow(),
                Acceptance.PLAIN,
                Flow.fromGraph(new SocketStage(new SocketUser(endpoint, started -> {}, () -> {}))));
        ServerBinding binding = Http.get(system)
                .newServerAt("127.0.0.1", 0)
                .bindSync(upgrade)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return new SocketClient(binding);
    }

    /** A plain socket after its upgrade; its server is bound for it alone. */
    private static final class SocketClient implements RawClient {
        private final ServerBinding binding;
        private final Socket socket;

        SocketClient(ServerBinding binding) throws IOException {
            this.binding = binding;
            this.socket = new Socket(
                    InetAddress.getLoopbackAddress(), binding.localAddress().getPort());
            send(UPGRADE.getBytes(StandardCharsets.US_ASCII));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) socket.getInputStream().read());
            }
        }

        @Override
        public void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        @Override
        public byte[] receive(int count) throws IOException {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            while (received.size() < count) {
                byte[] some = socket.getInputStream().readNBytes(Math.min(64 * 1024, count - received.size()));
                if (some.length == 0) {
                    throw new EOFException("the server has ended");
                }
                received.writeBytes(some);
            }
            return received.toByteArray();
        }

        @Override
        public boolean endsInOrder() throws IOException {
            try {
                return socket.getInputStream().read() < 0;
            } catch (SocketException reset) {
                return false;
            }
        }

        @Override
        public void finish() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public OptionalLong writes() {
            return OptionalLong.empty();
        }

        @Override
        public void close() throws Exception {
            socket.close();
            binding.terminate(Duration.ofSeconds(1)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }
}
