package org.pekkochannels.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.stream.javadsl.Tcp.ServerBinding;
import org.pekkochannels.metrics.Meters;

/**
 * A bound server: the first request of each connection decides whether a session or Pekko HTTP has it.
 *
 * <p>It stops with its actor system's CoordinatedShutdown. Thread-safe.
 *
 * @see HttpEdge#bind
 */
public final class HttpServer {
    private final ServerBinding binding;
    private final String scheme;
    private final SharedKillSwitch connections;

    private HttpServer(ServerBinding binding, String scheme, SharedKillSwitch connections) {
        this.binding = binding;
        this.scheme = scheme;
        this.connections = connections;
    }

    static CompletionStage<HttpServer> bind(
            ActorSystem<?> system,
            HttpSettings settings,
            Security security,
            Predicate<String> paths,
            WebSocketHandler webSockets,
            Route route) {
        SharedKillSwitch connections = KillSwitches.shared("channels-http");
        ServedConnections served =
                new ServedConnections(system, settings, security, paths, webSockets, route, connections);
        HttpMeters.watchConnections(Meters.of(system), served::count);
        return Tcp.get(system)
                .bind(settings.host(), settings.port(), settings.backlog(), List.of(), true, Optional.empty())
                .to(Sink.foreach(served::serve))
                .run(SystemMaterializer.get(system).materializer())
                .thenApply(binding -> new HttpServer(binding, security.scheme(), connections).joinShutdown(system))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(cannotListen(settings, failure)));
    }

    private static IllegalStateException cannotListen(HttpSettings settings, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new IllegalStateException(
                "cannot listen on " + settings.host() + ":" + settings.port()
                        + " (channels.http.interface and channels.http.port, or HOST and PORT): " + cause.getMessage(),
                cause);
    }

    /**
     * Where the server listens.
     *
     * @return the address, with the port that was found where any was asked for
     */
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    /**
     * Where the server listens, as an address to look at.
     *
     * @return for example {@code https://127.0.0.1:8000/}; an IPv6 address is in brackets
     */
    public URI uri() {
        String host = address().getHostString();
        return URI.create(scheme + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + address().getPort() + "/");
    }

    private HttpServer joinShutdown(ActorSystem<?> system) {
        // Variables, because addTask is overloaded for Scala's functions.
        Supplier<CompletionStage<Done>> unbind = () -> binding.unbind().thenApply(unbound -> Done.getInstance());
        Supplier<CompletionStage<Done>> terminate = this::terminate;
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "channels-unbind", unbind);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "channels-terminate", terminate);
        return this;
    }

    /** Ends what the graceful part has left over: HTTP connections that were kept alive. */
    private CompletionStage<Done> terminate() {
        connections.shutdown();
        return CompletableFuture.completedFuture(Done.getInstance());
    }
}
