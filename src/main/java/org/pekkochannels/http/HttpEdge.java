package org.pekkochannels.http;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.impl.io.ConnectionSourceStage;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.javadsl.Tcp.IncomingConnection;
import org.apache.pekko.stream.javadsl.Tcp.ServerBinding;
import org.pekkochannels.concurrent.ScalaStage;
import org.pekkochannels.edge.Binding;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.edge.ContainedStreams;
import org.pekkochannels.edge.Edge;
import org.pekkochannels.edge.HttpSettings;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.ServedApplication;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * The edge over Pekko's streams, {@code channels.edge = http}; the default. Thread-safe.
 *
 * <p>One stream accepts connections. Each connection is a separate stream: TCP, then TLS if enabled, then a {@link ServedConnection}. Pekko
 * fuses the stages of a stream into one actor, except TLS, which is another actor. An actor processes one event at a time, on the
 * dispatcher for streams. Consumers run on other threads, so a frame crosses from thread to thread once in each direction.
 */
public final class HttpEdge implements Edge {
    /** Creates an edge that does not listen yet. */
    public HttpEdge() {}

    @Override
    public CompletionStage<Binding> bind(ServedApplication service) {
        return service.settings()
                .whyNotFree()
                .<CompletionStage<Binding>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> listen(service));
    }

    private static CompletionStage<Binding> listen(ServedApplication service) {
        HttpSettings settings = service.settings();
        Materializer streams = ContainedStreams.of(service.system());
        Security security = security(service);
        ContainedFailures failures = ContainedFailures.of(service.system());
        return connections(service)
                // Contained: a connection that cannot be served must not end the accepting stream, and with it the
                // server.
                .to(Sink.foreach(connection -> failures.run(
                        Place.CONNECTION,
                        "a new connection",
                        () -> security.over(connection.flow())
                                .join(Flow.fromGraph(new ServedConnection(service, peers(connection))))
                                .run(streams))))
                // Not contained: the failure must surface. A server that no longer accepts would otherwise look
                // healthy.
                .run(service.system())
                .<Binding>thenApply(Bound::new)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(settings.cannotListen(failure)));
    }

    /**
     * Like {@link Tcp#bind}, but with a {@link PacedListener} in between. Pekko's public API has no place for one, so this builds the same
     * stage as {@code Tcp.bind} does. Half-close is on, because a client may end its side before it has the answer; the idle timeout is
     * infinite, because sessions and {@code HttpClock} have their own.
     */
    private static Source<IncomingConnection, CompletionStage<ServerBinding>> connections(ServedApplication service) {
        HttpSettings settings = service.settings();
        ExtendedActorSystem system = (ExtendedActorSystem) service.system().classicSystem();
        return Source.fromGraph(new ConnectionSourceStage(
                        PacedListener.start(system),
                        new InetSocketAddress(settings.host(), settings.port()),
                        settings.backlog(),
                        CollectionConverters.asScala(List.<Inet.SocketOption>of())
                                .toList(),
                        true,
                        Duration.Inf(),
                        org.apache.pekko.stream.scaladsl.Tcp.get(service.system())
                                .bindShutdownTimeout()))
                .map(IncomingConnection::new)
                .mapMaterializedValue(binding ->
                        ScalaStage.plain(FutureConverters.asJava(binding)).thenApply(ServerBinding::new));
    }

    private static Security security(ServedApplication service) {
        return service.tls()
                .<Security>map(engines -> new Tls(
                        service.system(),
                        engines,
                        service.closeTimeout(),
                        new Tls.Lingering(service::lingers, service::left)))
                .orElse(Security.NONE);
    }

    private static Peers peers(IncomingConnection connection) {
        return new Peers(connection.remoteAddress(), connection.localAddress());
    }

    private record Bound(ServerBinding binding) implements Binding {
        @Override
        public InetSocketAddress address() {
            return binding.localAddress();
        }

        @Override
        public CompletionStage<Done> unbind() {
            return ScalaStage.plain(binding.unbind()).thenApply(unbound -> Done.getInstance());
        }
    }
}
