package org.pekkochannels.http;

import java.net.InetSocketAddress;
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

/**
 * A bound server: the first request of each connection decides whether a session or Pekko HTTP has it.
 *
 * <p>It stops with its actor system's CoordinatedShutdown. Thread-safe.
 *
 * @see HttpEdge#bind
 */
public final class HttpServer {
    private final ServerBinding binding;
    private final SharedKillSwitch connections;

    private HttpServer(ServerBinding binding, SharedKillSwitch connections) {
        this.binding = binding;
        this.connections = connections;
    }

    static CompletionStage<HttpServer> bind(
            ActorSystem<?> system,
            HttpSettings settings,
            Predicate<String> paths,
            WebSocketHandler webSockets,
            Route route) {
        SharedKillSwitch connections = KillSwitches.shared("channels-http");
        ServedConnections served = new ServedConnections(system, settings, paths, webSockets, route, connections);
        return Tcp.get(system)
                .bind(settings.host(), settings.port(), settings.backlog(), List.of(), true, Optional.empty())
                .to(Sink.foreach(served::serve))
                .run(SystemMaterializer.get(system).materializer())
                .thenApply(binding -> new HttpServer(binding, connections).joinShutdown(system))
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
