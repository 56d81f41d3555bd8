package org.pekkochannels;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.ScalaStage;
import org.pekkochannels.database.Database;
import org.pekkochannels.edge.BoundServer;
import org.pekkochannels.edge.Gateway;
import org.pekkochannels.edge.HttpSettings;
import org.pekkochannels.edge.ReadyCheck;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.cluster.ClusterConfig;
import org.pekkochannels.websocket.WebSocketStats;

/** A running application: its address, its numbers and how to stop it. Thread-safe. */
public final class ChannelsServer {
    // Created with this class; later, Pekko's threads would race for the first logger, which SLF4J reports as a
    // problem.
    private static final SafeLog LOG = SafeLog.of(ChannelsServer.class);

    private static final String SHUTDOWN = "pekko.coordinated-shutdown.";
    private static final String DRAIN_TIMEOUT = SHUTDOWN + "phases.before-service-unbind.timeout";
    private static final String PHASE_TIMEOUT = SHUTDOWN + "phases.service-requests-done.timeout";
    private static final String WORKERS_TIMEOUT = SHUTDOWN + "phases.service-stop.timeout";
    // The phase must last longer than the grace, after which remaining connections are closed.
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private static final String NO_STAGE = "a task of beforeStart(..) returned null; return a stage, such as"
            + " CompletableFuture.completedFuture(null) if there is nothing to wait for";
    private static final String NO_ROUTE = "the function of http(..) returned null; return a route, such as"
            + " Directives.reject() if there is nothing to serve";

    // The actor system's, which the nodes of a cluster have in common.
    private static final String NAME = "channels";

    private final ActorSystem<?> system;
    private final Gateway gateway;
    private final BoundServer server;

    private ChannelsServer(ActorSystem<?> system, Gateway gateway, BoundServer server) {
        this.system = system;
        this.gateway = gateway;
        this.server = server;
    }

    static ActorSystem<?> createSystem(Config config) {
        ConfigurationShape.require(config);
        HttpSettings http = HttpSettings.of(config);
        Duration phase = http.shutdownGrace().plus(MARGIN);
        Config shutdown = ConfigFactory.parseMap(Map.of(PHASE_TIMEOUT, phase, WORKERS_TIMEOUT, phase));
        Duration drain = http.drainDelay().plus(config.getDuration(SHUTDOWN + "default-phase-timeout"));
        Config tuned = SmallMachine.tuned(
                PekkoLogging.contained(ClusterConfig.of(config, NAME)),
                Runtime.getRuntime().availableProcessors());
        return ActorSystem.create(
                Behaviors.empty(),
                NAME,
                shutdown.withFallback(tuned).withFallback(ConfigFactory.parseMap(Map.of(DRAIN_TIMEOUT, drain))));
    }

    static ChannelsServer start(
            ActorSystem<?> system,
            List<Function<ActorSystem<?>, CompletionStage<?>>> tasks,
            Function<ActorSystem<?>, Gateway> gateways,
            Consumer<ActorSystem<?>> workers,
            Function<ActorSystem<?>, Route> pages,
            Function<ActorSystem<?>, List<ReadyCheck>> checks,
            boolean ownSystem) {
        try {
            Gateway gateway = gateways.apply(system);
            await(ChannelLayer.get(system).started());
            tasks.forEach(task -> await(requireNonNull(task.apply(system), NO_STAGE)));
            workers.accept(system);
            Route served = requireNonNull(pages.apply(system), NO_ROUTE);
            Route all = Directives.concat(gateway.route(), PassingFailures.handled(served));
            BoundServer server = await(gateway.bind(all, Database.connections(system), checks.apply(system)));
            return new ChannelsServer(system, gateway, server).announce();
        } catch (
                Throwable e) { // checked exceptions too: a task may be written in a language that does not declare them
            if (ownSystem) {
                system.terminate();
            }
            throw e;
        }
    }

    /**
     * The address on which the server listens.
     *
     * @return the address, with the actual port if {@code channels.http.port} is 0
     */
    public InetSocketAddress address() {
        return server.address();
    }

    /**
     * The actor system in which everything runs.
     *
     * @return the system
     */
    public ActorSystem<?> system() {
        return system;
    }

    /**
     * The number of WebSocket connections, each counted from its upgrade request until both socket and consumer have ended.
     *
     * @return the number
     */
    public int connections() {
        return gateway.connections();
    }

    /**
     * The number of refused requests, including those for a WebSocket.
     *
     * @return the numbers by HTTP status
     */
    public Map<Integer, Long> refusals() {
        return gateway.refusals();
    }

    /**
     * The number of connections that were closed without an answer.
     *
     * @return the numbers by the key of {@code channels.http} that caused it, for example {@code idle-timeout}
     */
    public Map<String, Long> cuts() {
        return gateway.cuts();
    }

    /**
     * The counters of all WebSocket connections: messages, bytes, close codes, exceeded limits.
     *
     * @return a snapshot
     */
    public WebSocketStats webSocketStats() {
        return gateway.webSocketStats();
    }

    /**
     * Stops in order: {@code /ready} answers 503; after {@code channels.http.drain-delay} no new connections are accepted; every client
     * receives {@code channels.http.shutdown-code} after its running message; HTTP ends after pending answers; workers end after their
     * running message; then the layer and the database close.
     *
     * @return a stage that completes when the actor system has terminated
     */
    public CompletionStage<Done> stop() {
        return ScalaStage.plain(
                CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason()));
    }

    private ChannelsServer announce() {
        LOG.info("listening on {}", server.uri());
        logStop();
        return this;
    }

    /** The last line of a stop, also if the system was not terminated by {@link #stop}. */
    private void logStop() {
        CompletionStage<Done> logged = ScalaStage.plain(system.getWhenTerminated())
                .thenApply(done -> {
                    LOG.info("stopped; {} was closed", server.uri());
                    return done;
                });
        // The process may end with the last phase, which otherwise would not wait for the line.
        if (system.settings().config().getBoolean(SHUTDOWN + "terminate-actor-system")) {
            Supplier<CompletionStage<Done>> line = () -> logged;
            CoordinatedShutdown.get(system)
                    .addTask(CoordinatedShutdown.PhaseActorSystemTerminate(), "channels-log-stop", line);
        }
    }

    /** Blocks the caller's thread, and rethrows the original failure. */
    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException | CancellationException e) {
            Throwable failure = ConfinedFuture.unwrap(e);
            if (failure instanceof RuntimeException unchecked) {
                throw unchecked;
            } else if (failure instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
