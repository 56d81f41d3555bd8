package org.pekkochannels.http;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.edge.Decision;
import org.pekkochannels.edge.SocketUser;
import org.pekkochannels.edge.UpgradedSocket;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.websocket.Endpoint;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.RequestHead;
import org.pekkochannels.websocket.TransportContract;

/** The transport of a connection whose first request was the upgrade, with no HTTP pipeline around it. */
class FirstRequestTransportTest extends TransportContract {
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

    /** Accepts every request for the endpoint. */
    private record Accepting(Endpoint endpoint) implements ConnectionHandler {
        @Override
        public int maxHeaderBytes() {
            return 16 * 1024;
        }

        @Override
        public Duration headerTimeout() {
            return Duration.ofSeconds(20);
        }

        @Override
        public Optional<CompletionStage<Decision>> upgrade(RequestHead head, CompletionStage<Done> gone) {
            SocketUser user = new SocketUser(endpoint, started -> {}, () -> {});
            return Optional.of(CompletableFuture.completedFuture(new Decision.Accept(Acceptance.PLAIN, user)));
        }

        @Override
        public void refused(int status) {
            // nobody counts
        }

        @Override
        public void ended() {
            // nobody counts
        }

        @Override
        public Flow<ByteString, ByteString, NotUsed> http() {
            return Flow.create();
        }
    }

    /** What is below HTTP. */
    Security security(ActorSystem<?> running) throws Exception {
        return Security.NONE;
    }

    /** A client's socket. */
    Socket socket(int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    protected RawClient connect(Endpoint endpoint) throws Exception {
        Security security = security(system);
        Tcp.ServerBinding binding = Tcp.get(system)
                .bind("127.0.0.1", 0, 10, List.of(), true, Optional.empty())
                .to(Sink.foreach(connection -> security.over(connection.flow())
                        .join(Flow.fromGraph(new FirstRequest(new Accepting(endpoint))))
                        .run(system)))
                .run(system)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return new UpgradedSocket(
                socket(binding.localAddress().getPort()),
                () -> binding.unbind().toCompletableFuture().get(20, TimeUnit.SECONDS));
    }
}
