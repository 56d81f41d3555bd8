package org.pekkochannels.http;

import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.edge.GreetedConnection;
import org.pekkochannels.edge.UpgradedSocket;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.TransportContract;
import org.pekkochannels.websocket.TransportListener;

/** The transport of a connection whose first request was the upgrade, with no HTTP pipeline around it. */
class HttpTransportTest extends TransportContract {
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

    /** What is below HTTP. */
    Security security(ActorSystem<?> running) throws Exception {
        return Security.NONE;
    }

    /** A client's socket. */
    Socket socket(int port) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    protected RawClient connect(TransportListener endpoint) throws Exception {
        Security security = security(system);
        Tcp.ServerBinding binding = Tcp.get(system)
                .bind("127.0.0.1", 0, 10, List.of(), true, Optional.empty())
                .to(Sink.foreach(connection -> security.over(connection.flow())
                        .join(Flow.fromGraph(new GreetedConnection(endpoint)))
                        .run(system)))
                .run(system)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        return new UpgradedSocket(
                socket(binding.localAddress().getPort()),
                () -> binding.unbind().toCompletableFuture().get(20, TimeUnit.SECONDS));
    }
}
