package org.pekkochannels.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.http1.RequestTarget;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.settings.Settings;
import org.pekkochannels.websocket.WebSocketMeters;
import org.pekkochannels.websocket.WebSocketStats;

/**
 * The entry point to one actor system's application: WebSockets and plain HTTP on one port, or WebSockets as a route.
 *
 * <p>It takes part in the system's CoordinatedShutdown from the start. In the phase {@code service-requests-done} every client receives
 * {@code channels.http.shutdown-code} after its running message, and its end is awaited. {@code channels.http.shutdown-batch} clients are
 * closed at a time. So the load on the loops, the database, and the servers to which the clients reconnect is spread over time. Plain HTTP
 * continues until the last WebSocket has ended; then each connection ends with the answer to its pending request. Thread-safe.
 */
public final class Gateway {
    private static final SafeLog LOG = SafeLog.of(Gateway.class);
    private static final String MAX_CONNECTIONS = "channels.http.max-connections";
    private static final String MAX_WEBSOCKETS = "channels.http.max-websockets";
    // Close deadlines are in seconds; this precision is enough.
    private static final Duration TICK = Duration.ofMillis(250);
    // The pause between two batches: some steps of the scheduler's clock, which are 10 ms each.
    private static final Duration PACE = Duration.ofMillis(50);

    private final ActorSystem<?> system;
    private final HttpSettings settings;
    private final Predicate<String> paths;
    private final WebSocketSlots connections;
    private final ContainedFailures failures;
    private final Ticker ticker;
    private final HttpDeadlines deadlines;
    private final OwedAnswers answers = new OwedAnswers();
    private final CutConnectionCounters cuts = new CutConnectionCounters();
    private final PekkoHttpLog.Counts counts = new PekkoHttpLog.Counts();
    private final WebSocketHandler webSockets;
    private final List<ServedApplication> services = new CopyOnWriteArrayList<>();
    private final Readiness readiness = new Readiness();

    private Gateway(
            ActorSystem<?> system,
            Application application,
            Predicate<String> paths,
            Function<Throwable, Optional<Refusal>> expected) {
        this.system = system;
        this.paths = paths;
        this.settings = HttpSettings.of(system.settings().config());
        this.failures = ContainedFailures.of(system);
        this.ticker = TimeSource.of(system).ticker();
        this.deadlines = new HttpDeadlines(failures, ticker);
        this.connections =
                new WebSocketSlots(settings.maxWebSockets(), settings.shutdownCode(), stopTime(system), failures);
        this.webSockets = new WebSocketHandler(system, application, connections, settings.maxHeaderFields(), expected);
    }

    /** A consumer may need all of {@code disconnect-timeout} twice before it stops by itself. */
    private static Duration stopTime(ActorSystem<?> system) {
        return Settings.of(system.settings().config(), "channels.consumer")
                .duration("disconnect-timeout", Duration.ofMillis(10), Duration.ofHours(1))
                .multipliedBy(2)
                .plusSeconds(1);
    }

    /**
     * A gateway for an application; one for each system.
     *
     * @param system runs the consumers
     * @param application answers the upgrade requests
     * @param paths whether a decoded path belongs to the application
     * @param expected the refusal for a failure of the application that is not a fault of its code; nothing for any other
     * @return the gateway; fails with {@link com.typesafe.config.ConfigException} for a value out of bounds
     */
    public static Gateway create(
            ActorSystem<?> system,
            Application application,
            Predicate<String> paths,
            Function<Throwable, Optional<Refusal>> expected) {
        Gateway gateway = new Gateway(system, application, paths, expected);
        gateway.measure();
        gateway.keepTime();
        gateway.joinShutdown();
        return gateway;
    }

    /**
     * The route of the application's paths: it answers upgrades, and other requests there with 426. Within a {@code pathPrefix} the
     * endpoints' patterns match the rest of the path.
     *
     * @return the route; it rejects all other paths, so that it can be concatenated
     */
    public Route route() {
        WebSocketRoute route = new WebSocketRoute(webSockets, settings.proxies());
        return Directives.extractUnmatchedPath(rest -> Directives.extractRequest(
                request -> isOurs(rest) ? route.complete(request, rest) : Directives.reject()));
    }

    /**
     * Binds the edge that {@code channels.edge} names to {@code channels.http.interface} and {@code channels.http.port}.
     *
     * <p>Serves fewer connections than {@code channels.http.max-connections} if the process does not have enough file descriptors, and logs
     * why.
     *
     * @param route what it serves, including {@link #route}
     * @param databaseConnections how many connections the databases may open
     * @param checks the checks that must succeed for {@code /ready} to answer 200
     * @return a stage of the server; it fails if the address is not available, or with {@link com.typesafe.config.ConfigException} if the
     *     edge does not exist
     */
    public CompletionStage<BoundServer> bind(Route route, int databaseConnections, List<ReadyCheck> checks) {
        Route all = settings.health() ? Directives.concat(health(checks), route) : route;
        if (!settings.health() && !checks.isEmpty()) {
            LOG.warn("channels.http.health is off: /ready and its checks are not served");
        }
        ServedApplication service =
                new ServedApplication(system, settings, paths, webSockets, all, deadlines, answers, cuts, counts);
        services.add(service);
        GatewayMeters.watchConnections(Meters.of(system), service::connections);
        GatewayMeters.watchTls(Meters.of(system), service);
        return ConfiguredEdge.of(system).bind(service).thenApply(binding -> {
            service.limit(bounds(databaseConnections));
            return BoundServer.started(binding, service);
        });
    }

    /** Computed after binding, because the edge's selectors take descriptors, several per event loop. */
    private ConnectionBounds bounds(int databaseConnections) {
        int configured = settings.maxConnections();
        ConnectionBounds bounds = Descriptors.now()
                .map(descriptors -> ConnectionBounds.of(configured, databaseConnections, descriptors))
                .orElseGet(() -> ConnectionBounds.of(configured));
        bounds.shortage()
                .ifPresent(
                        bounds.served() < configured / 2 || isOwn(MAX_CONNECTIONS, configured) ? LOG::warn : LOG::info);
        if (isOwn(MAX_WEBSOCKETS, settings.maxWebSockets())) {
            bounds.unreachable(settings.maxWebSockets()).ifPresent(LOG::warn);
        }
        return bounds;
    }

    /** Whether the application has set the bound. */
    private static boolean isOwn(String key, int configured) {
        Config reference = ConfigFactory.defaultReference();
        return !reference.hasPath(key) || reference.getInt(key) != configured;
    }

    /**
     * The number of connections, each counted from its upgrade request until both socket and consumer have ended.
     *
     * @return the number
     */
    public int connections() {
        return connections.size();
    }

    /**
     * The number of refused requests, including those for a WebSocket.
     *
     * @return the numbers by HTTP status: 403 by {@code allowed-origins}, 408 by {@code header-timeout} or {@code body-timeout}, 431 by
     *     {@code max-header-bytes} or {@code max-header-fields}, 503 by {@code max-websockets}, {@code max-connections} or
     *     {@code handshake-timeout}, and so on; the metric {@code channels.http.refusals} distinguishes the reasons
     */
    public Map<Integer, Long> refusals() {
        return webSockets.refusals().counts();
    }

    /**
     * The number of connections that were closed without an answer.
     *
     * @return the numbers by the key of {@code channels.http} that caused it: {@code header-timeout}, {@code body-timeout},
     *     {@code idle-timeout}, {@code max-connections} and {@code shutdown-grace}, and {@code proxy-protocol} of {@code channels.netty};
     *     only keys that occurred
     */
    public Map<String, Long> cuts() {
        return cuts.counts();
    }

    /**
     * The counters of the WebSocket connections.
     *
     * @return a snapshot
     */
    public WebSocketStats webSocketStats() {
        return webSockets.sockets().stats();
    }

    /** {@code /alive} as long as anything can be answered, {@code /ready} as long as the server accepts work and all checks succeed. */
    private Route health(List<ReadyCheck> checks) {
        List<SharedCheck> shared = checks.stream()
                .map(check -> new SharedCheck(check, settings.readyChecks(), system))
                .toList();
        GatewayMeters.watchReadiness(Meters.of(system), shared);
        // The method is checked inside the path: outside, the route would reject requests of all other paths by their
        // method.
        return Directives.concat(
                Directives.path("alive", () -> Directives.get(() -> Directives.complete("alive"))),
                Directives.path("ready", () -> Directives.get(() -> readiness.route(shared))));
    }

    private boolean isOurs(String rest) {
        return RequestTarget.path(rest).filter(paths).isPresent();
    }

    private void measure() {
        Meters meters = Meters.of(system);
        GatewayMeters.watchWebSockets(meters, connections);
        GatewayMeters.watchRefusals(meters, webSockets.refusals());
        GatewayMeters.watchCuts(meters, cuts);
        GatewayMeters.watchPekkoHttp(meters, counts);
        WebSocketMeters.watch(meters, this::webSocketStats);
    }

    /**
     * One clock for all connections. It runs on the system's dispatcher, and gives a connection's thread a task only if something is due.
     */
    private void keepTime() {
        system.scheduler()
                .scheduleWithFixedDelay(
                        TICK,
                        TICK,
                        () -> failures.run(Place.TIMER, "the clock", this::tick),
                        system.executionContext());
    }

    private void tick() {
        // First WebSockets, from their upgrade request on, then connections that have no session.
        long nanoTime = ticker.read();
        connections.tick(nanoTime);
        deadlines.tick(nanoTime);
    }

    private void joinShutdown() {
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "channels-not-ready", () -> {
            readiness.stop();
            return CompletableFuture.completedFuture(Done.getInstance());
        });
        shutdown.addTask(CoordinatedShutdown.PhaseServiceRequestsDone(), "channels-close-websockets", this::closeAll);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceStop(), "channels-free-compressors", this::freeCompressors);
    }

    /** Waits for the end of all connections, and for requests answered meanwhile, at most for the grace; then cuts off the rest. */
    private CompletionStage<Done> closeAll() {
        int batch = batch();
        LOG.info(
                "closing {} with {}, at most {} at a time (channels.http.shutdown-code, shutdown-batch)",
                Counted.of(connections.sockets(), "WebSocket"),
                settings.shutdownCode(),
                batch);
        CompletableFuture<Done> all = connections
                .goAway(batch, next -> later(PACE, next))
                .thenCompose(empty -> endHttp())
                .toCompletableFuture()
                .copy();
        // The copy completes with whichever comes first, the last connection or the end of the grace.
        later(settings.shutdownGrace(), () -> cut(all));
        return all;
    }

    /** Idle connections end at once, the others after their pending response. */
    private CompletionStage<Done> endHttp() {
        services.forEach(ServedApplication::endHttp);
        return answers.last();
    }

    /** Larger than configured if some clients would otherwise be closed only in the last half of the grace, or not at all. */
    private int batch() {
        long batches = 1 + settings.shutdownGrace().dividedBy(2).dividedBy(PACE);
        return Math.max(settings.shutdownBatch(), 1 + (int) (connections.size() / batches));
    }

    private void later(Duration time, Runnable task) {
        system.scheduler()
                .scheduleOnce(
                        time, () -> failures.run(Place.SHUTDOWN, "the shutdown", task), system.executionContext());
    }

    private CompletionStage<Done> freeCompressors() {
        webSockets.sockets().close();
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    private void cut(CompletableFuture<Done> all) {
        // False if the last connection has ended in time. The numbers are read before abort(), which reduces them.
        if (all.complete(Done.getInstance())) {
            int sockets = connections.sockets();
            warn("connections that did not end within {} and were cut off", cut(sockets + answers.unanswered()));
            warn("consumers without a connection that did not end within {}", connections.size() - sockets);
            connections.abort();
        }
    }

    private int cut(int left) {
        if (left > 0) {
            cuts.count(CutConnectionCounters.Limit.SHUTDOWN_GRACE, left);
        }
        return left;
    }

    private void warn(String what, int left) {
        if (left > 0) {
            LOG.warn(what + " (channels.http.shutdown-grace): {}", Settings.written(settings.shutdownGrace()), left);
        }
    }
}
