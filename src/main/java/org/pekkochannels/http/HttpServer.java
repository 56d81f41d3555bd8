package org.pekkochannels.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.http.javadsl.settings.ServerSettings;

/**
 * A bound server; it stops with its actor system's CoordinatedShutdown. Thread-safe.
 *
 * @see HttpEdge#bind
 */
public final class HttpServer {
    // Only connections that the graceful part has left over are still there to be ended.
    private static final Duration TERMINATION = Duration.ofSeconds(1);

    // Pekko HTTP keeps a connection's parser as long as its socket; one that remembers header values is no longer
    // shared.
    private static final Map<String, Object> NO_HEADER_CACHE = Map.of("default", 0);

    private final ServerBinding binding;

    private HttpServer(ServerBinding binding) {
        this.binding = binding;
    }

    static CompletionStage<HttpServer> bind(ActorSystem<?> system, HttpSettings settings, Route route) {
        return Http.get(system)
                .newServerAt(settings.host(), settings.port())
                .withSettings(serverSettings(system, settings))
                .bind(route)
                .thenApply(binding -> new HttpServer(binding).joinShutdown(system));
    }

    /**
     * Where the server listens.
     *
     * @return the address, with the port that was found where any was asked for
     */
    public InetSocketAddress address() {
        return binding.localAddress();
    }

    private static ServerSettings serverSettings(ActorSystem<?> system, HttpSettings settings) {
        ServerSettings defaults = ServerSettings.create(system.classicSystem());
        return defaults.withBacklog(settings.backlog())
                .withParserSettings(defaults.getParserSettings().withHeaderValueCacheLimits(NO_HEADER_CACHE))
                .withRemoteAddressAttribute(true)
                // Pekko HTTP would end a WebSocket that is quiet for a minute.
                .withTimeouts(defaults.getTimeouts().withIdleTimeout(scala.concurrent.duration.Duration.Inf()));
    }

    private HttpServer joinShutdown(ActorSystem<?> system) {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "channels-unbind", binding::unbind);
        shutdown.addTask(
                CoordinatedShutdown.PhaseServiceStop(),
                "channels-terminate",
                () -> binding.terminate(TERMINATION).thenApply(terminated -> Done.getInstance()));
        return this;
    }
}
