package org.pekkochannels;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.consumer.Consumer;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WorkerPool;
import org.pekkochannels.database.Database;
import org.pekkochannels.edge.Gateway;
import org.pekkochannels.edge.ReadyCheck;
import org.pekkochannels.edge.Workers;
import org.pekkochannels.identity.Sessions;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.SystemJson;
import org.pekkochannels.middleware.OriginCheck;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.routing.Router;

/**
 * Assembles an application of consumers and pages, and starts it.
 * <pre>{@code
 * Channels.load().websocket("ws/chat/{room}/", ChatConsumer::new).start();
 * }</pre>
 *
 *
 * <p>An application that already has an actor system and Pekko HTTP routes starts with {@link #in} and concatenates {@link #route}. A
 * builder for one thread and one use: after {@link #start} or {@link #route} every call fails with {@link IllegalStateException}.
 */
public final class Channels {
    private static final int MAX_INSTANCES = 1000;
    private static final SafeLog LOG = SafeLog.of(Channels.class);

    private final Supplier<ActorSystem<?>> system;
    private final boolean ownSystem;
    private final RouteTable table = new RouteTable();
    private final RouteLevel routes = new RouteLevel(table);
    private final List<Function<ActorSystem<?>, CompletionStage<?>>> tasks = new ArrayList<>();
    private final Map<String, Function<ActorSystem<?>, ? extends CompletionStage<?>>> checks = new LinkedHashMap<>();
    private final Map<String, WorkerPool.Worker> workers = new LinkedHashMap<>();
    private Optional<Function<ActorSystem<?>, Route>> pages = Optional.empty();
    private Optional<ObjectMapper> json = Optional.empty();
    private boolean begun;

    private Channels(Supplier<ActorSystem<?>> system, boolean ownSystem) {
        this.system = system;
        this.ownSystem = ownSystem;
    }

    /**
     * An application with a separate actor system, configured by {@code application.conf}.
     *
     * @return the application, not started yet
     */
    public static Channels load() {
        return load(ConfigFactory.load());
    }

    /**
     * An application with a separate actor system.
     *
     * @param config the whole, resolved configuration
     * @return the application, not started yet
     */
    public static Channels load(Config config) {
        requireNonNull(config, "the configuration of Channels.load(..) must not be null; use ConfigFactory.load()");
        return new Channels(() -> ChannelsServer.createSystem(config), true);
    }

    /**
     * An application within an existing actor system, with that system's configuration. A system has one such application: a second
     * {@link #start} or {@link #route} in it fails with {@link IllegalStateException}, even if the first one failed.
     *
     * @param system the system; its creator terminates it
     * @return the application, not started yet
     */
    public static Channels in(ActorSystem<?> system) {
        requireNonNull(system, "the actor system of Channels.in(..) must not be null; Channels.load() makes one");
        return new Channels(() -> system, false);
    }

    /**
     * Adds a WebSocket endpoint. The first pattern that matches a path answers, so {@code ws/{id:int}/} is reached only if it is added
     * before {@code ws/{name}/}.
     *
     * @param pattern a path pattern as in {@link org.pekkochannels.routing.Route#path}, such as {@code ws/chat/{room}/}
     * @param factory creates a consumer for each connection, usually {@code ChatConsumer::new}
     * @return this; fails with {@link IllegalArgumentException} if the pattern is invalid, or matches the same paths as an earlier one
     */
    public Channels websocket(String pattern, Function<ConsumerContext, ? extends Consumer> factory) {
        requireNotBegun();
        routes.websocket(pattern, factory);
        return this;
    }

    /**
     * Adds a WebSocket endpoint with custom settings.
     *
     * @param pattern a path pattern
     * @param endpoint the name of a section of {@code channels.endpoints}, whose keys override those of {@code channels.websocket}; a
     *     missing section fails the start
     * @param factory creates a consumer for each connection
     * @return this
     */
    public Channels endpoint(String pattern, String endpoint, Function<ConsumerContext, ? extends Consumer> factory) {
        requireNotBegun();
        routes.endpoint(pattern, endpoint, factory);
        return this;
    }

    /**
     * Adds a WebSocket endpoint that any application answers, for example one behind a middleware. Also adds the endpoints of a
     * {@link Router}, whose patterns match the path after this pattern.
     *
     * @param pattern a path pattern; for a router a prefix, empty or with a trailing slash, such as {@code ws/}
     * @param application answers the pattern's connections
     * @return this; fails with {@link IllegalArgumentException} if the pattern is invalid
     */
    public Channels application(String pattern, Application application) {
        requireNotBegun();
        routes.application(pattern, application);
        return this;
    }

    /**
     * Adds endpoints behind a middleware, which refuses connections or adds to their scope before a consumer is created.
     * <pre>{@code
     * channels.through(
     *         system -> Middleware.require(USER, scope -> user(Database.get(system), scope), Refusal.of(401, "log in first")),
     *         members -> members.websocket("ws/mailbox/", MailboxConsumer::new));
     * }</pre>
     *
     *
     * <p>The middleware runs for each upgrade request, after the origin check and after the route is found, so the scope has the path's
     * parameters. With {@code through} inside {@code through} the outer one runs first. Pages of {@link #http} do not pass it. If it
     * throws or returns null, or its stage fails, the client is answered 500 (503 if the database is overloaded or unreachable), and the
     * failure is logged with the middleware's class and the route.
     *
     * @param middleware called once, by {@link #start} or {@link #route} on the caller's thread, after the databases are open and before
     *     the tasks of {@link #beforeStart}. Returns what wraps an application, such as a {@link org.pekkochannels.middleware.Middleware};
     *     that is called once per endpoint. The start fails with {@link IllegalStateException} if either throws, and with
     *     {@link NullPointerException} if either returns null
     * @param inside adds the endpoints to its argument; called now
     * @return this; fails with {@link IllegalArgumentException} if nothing is inside
     */
    public Channels through(
            Function<ActorSystem<?>, UnaryOperator<Application>> middleware,
            java.util.function.Consumer<Routes> inside) {
        requireNotBegun();
        routes.through(middleware, inside);
        return this;
    }

    /** Endpoints behind a middleware; the argument of the function that {@link Channels#through} calls, valid until that returns. */
    public sealed interface Routes permits RouteLevel {
        /**
         * Adds a WebSocket endpoint, like {@link Channels#websocket}.
         *
         * @param pattern a path pattern
         * @param factory creates a consumer for each connection
         * @return this
         */
        Routes websocket(String pattern, Function<ConsumerContext, ? extends Consumer> factory);

        /**
         * Adds a WebSocket endpoint with custom settings, like {@link Channels#endpoint}.
         *
         * @param pattern a path pattern
         * @param endpoint the name of a section of {@code channels.endpoints}
         * @param factory creates a consumer for each connection
         * @return this
         */
        Routes endpoint(String pattern, String endpoint, Function<ConsumerContext, ? extends Consumer> factory);

        /**
         * Adds a WebSocket endpoint that any application answers, like {@link Channels#application}.
         *
         * @param pattern a path pattern
         * @param application answers the pattern's connections
         * @return this
         */
        Routes application(String pattern, Application application);

        /**
         * Adds endpoints behind a further middleware, like {@link Channels#through}.
         *
         * @param middleware called once at the start
         * @param inside adds the endpoints to its argument
         * @return this
         */
        Routes through(
                Function<ActorSystem<?>, UnaryOperator<Application>> middleware,
                java.util.function.Consumer<Routes> inside);
    }

    /**
     * Adds a worker with one instance: a consumer without a connection, which handles the messages that are sent to its name.
     *
     * @param name the name, 1-99 of {@code [A-Za-z0-9._-]}
     * @param factory creates an instance, usually {@code ThumbnailConsumer::new}; a {@link org.pekkochannels.consumer.WorkerConsumer} or
     *     {@link org.pekkochannels.consumer.SyncWorkerConsumer}
     * @return this; fails as of {@link #worker(String, int, Function)}
     */
    public Channels worker(String name, Function<ConsumerContext, ? extends Consumer> factory) {
        return worker(name, 1, factory);
    }

    /**
     * Adds a worker with several instances, each of which handles one message at a time. A message that is sent to the name reaches one of
     * them, or one on another node that has a worker of this name, at most once. Messages that wait are lost with the process: a worker is
     * not a job queue.
     *
     * <p>Workers start after the tasks of {@link #beforeStart} and before the server listens. They stop after all WebSockets have ended and
     * before the databases close.
     *
     * @param name the name, 1-99 of {@code [A-Za-z0-9._-]}
     * @param instances the number of instances on this node, from 1 to 1000
     * @param factory creates an instance, again after a failure
     * @return this; fails with {@link IllegalArgumentException} for another name or number, or if a worker of the name exists already
     */
    public Channels worker(String name, int instances, Function<ConsumerContext, ? extends Consumer> factory) {
        requireNotBegun();
        Channel.checkName(name);
        requireNonNull(factory, () -> "the factory of worker(\"" + name + "\", ..) must not be null");
        if (instances < 1 || instances > MAX_INSTANCES) {
            throw new IllegalArgumentException(
                    "worker(\"" + name + "\", ..) must have 1 to " + MAX_INSTANCES + " instances, was " + instances);
        }
        if (workers.putIfAbsent(name, new WorkerPool.Worker(name, instances, factory)) != null) {
            throw new IllegalArgumentException("worker(\"" + name + "\", ..) was called twice; a name has one worker,"
                    + " with several instances if necessary");
        }
        return this;
    }

    /**
     * Sets what is served beside WebSockets: pages, files, an API.
     *
     * @param route creates the Pekko HTTP route once the actor system exists
     * @return this; fails with {@link IllegalStateException} the second time
     */
    public Channels http(Function<ActorSystem<?>, Route> route) {
        requireNotBegun();
        if (pages.isPresent()) {
            throw new IllegalStateException(
                    "http(..) was called twice, and only the last route would be served; join them:"
                            + " http(system -> Directives.concat(one, another))");
        }
        pages = Optional.of(requireNonNull(
                route,
                "the function of http(..) must not be null; pass one that returns a route, or leave the call out"));
        return this;
    }

    /**
     * Sets the Jackson mapper for JSON messages and for payloads of events in this actor system; by default all Jackson modules on the class
     * path are used. What it writes, its modules, names and mix-ins apply. The rules for reading, such as required members, apply as
     * without it.
     *
     * @param mapper the mapper; it is copied now, and later changes have no effect, nor have methods that a subclass overrides
     * @return this
     * @throws IllegalStateException if the actor system has such a mapper already; after {@link #in}, also if an event or a consumer of the
     *     system has used JSON before
     * @throws IllegalArgumentException if the mapper writes another format, or has default typing
     */
    public Channels json(ObjectMapper mapper) {
        requireNotBegun();
        ObjectMapper copy = SystemJson.copied(mapper);
        if (json.isPresent()) {
            throw new IllegalStateException("json(..) was called twice; an actor system has one mapper");
        }
        if (!ownSystem) {
            SystemJson.of(system.get()).use(copy);
        }
        json = Optional.of(copy);
        return this;
    }

    /**
     * Adds a task that must succeed before the server listens, such as creating tables. Tasks run one after another, in the order in which
     * they were added.
     *
     * @param task starts the work once the actor system exists
     * @return this
     */
    public Channels beforeStart(Function<ActorSystem<?>, CompletionStage<?>> task) {
        requireNotBegun();
        tasks.add(requireNonNull(
                task,
                "the task of beforeStart(..) must not be null; pass one that returns a stage, or leave the call out"));
        return this;
    }

    /**
     * Adds a check that must succeed for {@code /ready} to answer 200, beside the databases of {@code channels.http.ready-checks}. While it
     * fails, {@code /ready} answers 503 with its name, so that load balancers send new clients elsewhere; open WebSockets stay open.
     *
     * @param name the check's name in the answer of {@code /ready}, the log and the metric
     * @param check starts a check, on the actor system's default dispatcher, so it must not block; its stage completes if all is well, and
     *     fails otherwise. A check that takes longer than {@code channels.http.ready-check-timeout} counts as failed. At most one check
     *     starts per {@code channels.http.ready-check-interval}, however often {@code /ready} is requested
     * @return this
     * @throws IllegalArgumentException if a check of that name exists already, or the name is one of {@code ready-checks}
     */
    public Channels readyCheck(String name, Function<ActorSystem<?>, ? extends CompletionStage<?>> check) {
        requireNotBegun();
        requireNonNull(name, "the name of readyCheck(..) must not be null");
        requireNonNull(check, () -> "the check of readyCheck(\"" + name + "\", ..) must not be null");
        if (name.isBlank() || ConfiguredChecks.isReserved(name) || checks.putIfAbsent(name, check) != null) {
            throw new IllegalArgumentException(
                    "readyCheck(\"" + name + "\", ..): the name must be unique and not blank, must not be 'database' or"
                            + " 'layer', and must not begin with 'databases.'; channels.http.ready-checks adds those");
        }
        return this;
    }

    /**
     * Checks the settings, runs the tasks and listens. Blocks until that is done, so an actor must not call it.
     *
     * @return the running server. Fails with the first failure: {@link com.typesafe.config.ConfigException} if a setting is out of bounds;
     *     a checked exception of a task is the cause of a {@link java.util.concurrent.CompletionException}. After {@link #load} everything
     *     is stopped again. After {@link #in} the actor system keeps running, and what the start has opened stays open until the system
     *     terminates
     */
    public ChannelsServer start() {
        begin();
        return ChannelsServer.start(
                system.get(),
                tasks,
                this::gateway,
                this::startWorkers,
                pages.orElse(started -> Directives.reject()),
                this::readyChecks,
                ownSystem);
    }

    /**
     * The WebSocket endpoints as a route for the application's existing Pekko HTTP server; only after {@link #in}, and instead of
     * {@link #start}. Starts the workers. The caller runs the tasks before. Checks the settings and opens the databases, which blocks, so an actor must not call it.
     *
     * @return the route, which rejects all other paths; fails like {@link #start}
     * @throws IllegalStateException after {@link #load}, because nothing could stop the actor system that it would create
     */
    public Route route() {
        if (ownSystem) {
            throw new IllegalStateException("route() needs an actor system that the application stops itself:"
                    + " Channels.in(system)..route(); Channels.load()..start() creates one and serves");
        }
        begin();
        ActorSystem<?> started = system.get();
        Route route = gateway(started).route();
        startWorkers(started);
        return route;
    }

    private void startWorkers(ActorSystem<?> started) {
        Workers.start(started, List.copyOf(workers.values()));
    }

    private List<ReadyCheck> readyChecks(ActorSystem<?> started) {
        List<ReadyCheck> all = ConfiguredChecks.of(started);
        checks.forEach((name, check) -> all.add(new ReadyCheck(name, () -> check.apply(started))));
        return all;
    }

    private void begin() {
        requireNotBegun();
        begun = true;
    }

    private void requireNotBegun() {
        if (begun) {
            throw new IllegalStateException("start() or route() was called already; make another application with"
                    + " Channels.load() or Channels.in(system)");
        }
    }

    private Gateway gateway(ActorSystem<?> started) {
        ConfigurationShape.require(started.settings().config());
        if (ownSystem) {
            json.ifPresent(SystemJson.of(started)::use);
        }
        requireJson(started);
        OwnClasses.load();
        UnknownKeys.warnOf(started.settings().config());
        Database.openAll(started);
        ConsumerBehavior.checkSettings(started);
        Sessions.checkSettings(started);
        table.endpoints().forEach(name -> requireSection(started, name));
        if (table.knowsAllEndpoints()) {
            UnknownKeys.warnOfUnused(started.settings().config(), table.endpoints());
        }
        Router router = table.router(started);
        router.unreachable().forEach(words -> LOG.warn("{}", words));
        Application checked = OriginCheck.of(started.settings().config()).around(router);
        return Gateway.create(started, checked, router::handles, PassingFailures::refusal);
    }

    /** Loads the application's Jackson modules, which otherwise the first message would do. */
    private static void requireJson(ActorSystem<?> started) {
        try {
            Event unused = Event.of(started, "channels.start", "");
        } catch (ServiceConfigurationError | LinkageError broken) {
            Throwable cause = broken instanceof ExceptionInInitializerError wrapped ? wrapped.getCause() : broken;
            throw new IllegalStateException(
                    "JSON cannot be used, because a Jackson module on the class path is broken: " + cause
                            + "; fix the module, or remove its jar from the class path",
                    cause);
        }
    }

    private static void requireSection(ActorSystem<?> started, String endpoint) {
        String path = ConfigUtil.joinPath("channels", "endpoints", endpoint);
        if (!started.settings().config().hasPath(path)) {
            throw new MissingSettingException(path, ", the settings of an endpoint; use {} if it has none");
        }
    }
}
