package org.pekkochannels.edge;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.TransportContract;
import org.pekkochannels.websocket.TransportListener;

/** The transport of a connection that was taken over from Pekko HTTP after its 101. */
class TakenOverTransportTest extends TransportContract {
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
    protected RawClient connect(TransportListener endpoint) throws Exception {
        Function<HttpRequest, HttpResponse> upgrade = request -> WebSocketTakeover.response(
                new Handshake(ScopeFactory.head(request)).acceptKey(),
                Acceptance.PLAIN,
                Flow.fromGraph(new SocketStage(SocketUser.of(endpoint))));
        ServerBinding binding = Http.get(system)
                .newServerAt("127.0.0.1", 0)
                .bindSync(upgrade)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return new UpgradedSocket(
                binding.localAddress().getPort(),
                () -> binding.terminate(Duration.ofSeconds(1))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS));
    }
}
