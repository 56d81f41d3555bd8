package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerActivity;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerContents;
import org.pekkochannels.layer.SystemJson;

/**
 * An application under test, with all that a real one has: middleware, routes, consumers, layer, database, limits.
 * <pre>{@code
 * try (TestApplication app = TestApplication.start(config -> Channels.load(config).websocket("ws/echo/", Echo::new).start())) {
 *     WebSocketCommunicator ada = app.connect("/ws/echo/");
 *     ada.send("hello");
 *     assertEquals("hello", ada.receiveText());
 *     ada.receivesNothing();
 * }
 * }</pre>
 *
 * <p>By default its clients are in the same process, without sockets, and its time stands still until {@link #passes} is called. Timers of
 * consumers, timeouts of connections, and everything else that asks the actor system's scheduler or clock then follow the test. The real
 * waiting of threads, of JDBC drivers and of {@link java.util.concurrent.CompletableFuture#orTimeout} does not.
 *
 * <p>A database in H2's files, such as that of an application in development, is replaced by a new one in memory. Other databases are
 * used as configured; see {@link FreshDatabase}.
 *
 * <p>Thread-safe.
 */
public final class TestApplication implements AutoCloseable {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int KEY_BYTES = 16;
    private static final int MAX_DEPTH = 1000;

    private final ChannelsServer server;
    private final Quiescence quiescence;
    private final ObservedFailures failures;
    private final Network network;
    private final Passage passage;
    private final ObjectMapper json;
    private final ApplicationDatabase database;
    private final Runnable afterwards;
    private final List<ClientConnection> clients = new CopyOnWriteArrayList<>();
    private final List<TestChannel> channels = new CopyOnWriteArrayList<>();

    private TestApplication(ChannelsServer server, TestEdge edge, Runnable afterwards) {
        this.server = server;
        ActorSystem<?> system = server.system();
        if (!(system.classicSystem().scheduler() instanceof ActivityOwner scheduler)) {
            throw new IllegalStateException("the application was not started with the configuration that it was given;"
                    + " pass that to Channels.load(..), with changes if necessary");
        }
        this.quiescence = new Quiescence(scheduler.activity(), ConsumerActivity.of(system));
        if (edge == TestEdge.MEMORY) {
            this.network = InProcessNetwork.of(system);
        } else {
            this.network = new SocketNetwork(server.address());
            quiescence.deliveredBy(new BytesUnderWay(server, clients, quiescence)::awaitNone);
        }
        this.failures = ObservedFailures.of(system);
        this.passage = Passage.of(scheduler, quiescence);
        this.json = SystemJson.of(system).strict(MAX_DEPTH);
        this.database = new ApplicationDatabase(
                Database.get(system), system.settings().config().getInt("channels.database.max-waiting"), quiescence);
        this.afterwards = afterwards;
    }

    /**
     * Starts an application in memory, with the configuration of {@link ConfigFactory#load()}.
     *
     * @param application the application's start, for example {@code ChatServer::start}: passes the configuration to
     *     {@code Channels.load(..)}, and starts. What it throws is passed on
     * @return the running application
     */
    public static TestApplication start(Function<Config, ChannelsServer> application) {
        return start(application, TestEdge.MEMORY, ConfigFactory.load());
    }

    /**
     * Starts an application.
     *
     * @param application the application's start
     * @param edge how its clients connect
     * @param config the application's whole, resolved configuration
     * @return the running application
     */
    public static TestApplication start(Function<Config, ChannelsServer> application, TestEdge edge, Config config) {
        requireNonNull(application, "the application to start must not be null; pass a function from Config to server");
        Config safe = TestDatabases.withoutFiles(requireNonNull(config, "the configuration must not be null"));
        ChannelsServer server = requireNonNull(
                application.apply(TestConfig.of(safe, edge)),
                "the application's start returned null; return what Channels.start() returns");
        return new TestApplication(server, edge, () -> TestDatabases.forget(safe));
    }

    /**
     * Connects a client.
     *
     * @param target path and query, percent-encoded, for example {@code /ws/chat/lobby/?since=5}
     * @return the open connection
     * @throws AssertionError if the application refuses
     */
    public WebSocketCommunicator connect(String target) {
        return request(target).connect();
    }

    /**
     * Prepares an upgrade request with headers or subprotocols.
     *
     * @param target path and query, percent-encoded
     * @return the request, not sent yet
     */
    public WebSocketRequest request(String target) {
        return new WebSocketRequest(this, browser(), target);
    }

    /**
     * A browser without cookies, which can log in.
     *
     * @return a new browser
     */
    public TestBrowser browser() {
        return new TestBrowser(this);
    }

    /**
     * Waits for a stage of the test's own, for example {@code app.await(SESSIONS.closeAll(app.system(), "ada"))}.
     *
     * @param stage the stage
     * @param <T> the type of its result
     * @return the result
     * @throws AssertionError if the stage fails, with the failure as its cause, or is not complete within {@link #waitsAtMost}
     */
    public <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(quiescence.bound().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the stage that the test waits for has failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the stage that the test waits for was not complete after " + quiescence.bound()
                    + passage.words() + quiescence.state());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test's thread was interrupted while it waited for a stage", e);
        }
    }

    /**
     * Lets time pass: moves the time to that of the next timer, waits until nothing runs, and so on, until the duration is over.
     *
     * <p>Callbacks may wait for stages meanwhile, so that a test can let them time out.
     *
     * @param duration how long
     * @throws IllegalStateException over sockets, whose time is real
     */
    public void passes(Duration duration) {
        passage.passes(duration);
    }

    /** Waits until nothing runs in the application, and no callback waits for its stage. */
    public void settles() {
        try {
            quiescence.await(Quiescence.Callbacks.HOLD, Optional::empty);
        } catch (Quiescence.StuckException stuck) {
            throw new AssertionError("the application was still busy after " + quiescence.bound() + passage.words()
                    + stuck.getMessage());
        }
    }

    /**
     * Sets how long the application may be busy, in real time, before a waiting method fails; 5 seconds by default.
     *
     * @param bound the bound, longer than zero
     * @return this
     */
    public TestApplication waitsAtMost(Duration bound) {
        if (bound.isNegative() || bound.isZero()) {
            throw new IllegalArgumentException("the bound must be longer than zero, was " + bound);
        }
        quiescence.bound(bound);
        return this;
    }

    /**
     * A group of the application, to send events to its members or to count them.
     *
     * @param name the group's name, as of {@link GroupName#value}, for example {@code chat_lobby}
     * @return the group
     */
    public TestGroup group(String name) {
        return new TestGroup(this, new GroupName(name));
    }

    /**
     * Sends an event to a channel by its name, such as that of a worker, and waits until the layer has accepted it.
     *
     * @param channel the name of a worker, or what {@code channelName()} of a consumer returns
     * @param type the event's type, for example {@code thumbnail.make}
     * @param payload its payload, which Jackson can write
     * @throws AssertionError if the layer rejects it, with the reason as its cause, for example because no worker has the name
     */
    public void send(String channel, String type, Object payload) {
        failures.forgetLast();
        await(layer().send(channel, type, payload));
    }

    /**
     * Opens a channel of the test itself, for replies of the application to its name.
     *
     * @return the open channel
     */
    public TestChannel channel() {
        return opened(layer()::newChannel);
    }

    /**
     * Plays a worker: what the application sends to the name reaches the test. Start the application without its own worker of this name.
     *
     * @param name the worker's name
     * @return the open channel
     * @throws IllegalStateException if the application has such a worker, which would receive some of the events
     */
    public TestChannel worker(String name) {
        if (LayerContents.of(layer())
                .filter(contents -> contents.named().contains(name))
                .isPresent()) {
            throw new IllegalStateException("the application has a worker '" + name
                    + "', which would receive some of the events; start the application without it to play it");
        }
        return opened(receiver -> layer().newChannel(name, receiver));
    }

    private TestChannel opened(Function<Consumer<Event>, Channel> opening) {
        TestChannel channel = new TestChannel(opening, quiescence, SystemJson.of(system()), passage::words);
        channels.add(channel);
        return channel;
    }

    ChannelLayer layer() {
        return ChannelLayer.get(system());
    }

    /**
     * The last failure of the application's own code that it has not handled, since the last request or {@link #send}: of a consumer, a
     * worker, a middleware or a task. Waits until nothing runs.
     *
     * @return the failure as it was thrown, or empty
     */
    public Optional<Throwable> failure() {
        settles();
        return failures.last();
    }

    /**
     * The application's database, which the test can keep busy or make fail.
     *
     * @return the database of {@code channels.database}, always the same
     */
    public ApplicationDatabase database() {
        return database;
    }

    /**
     * The actor system, for example for {@code Database.get(system)} or {@code ChannelLayer.get(system)}.
     *
     * @return the system
     */
    public ActorSystem<?> system() {
        return server.system();
    }

    /**
     * The running application.
     *
     * @return the server that the application's start has returned
     */
    public ChannelsServer server() {
        return server;
    }

    WebSocketCommunicator connect(WebSocketRequest request) {
        ClientConnection client = request.take();
        Response response = request.answered(answer(request.target(), client));
        if (response.status() != SWITCHING_PROTOCOLS) {
            throw new AssertionError(
                    request.target() + ": refused with " + response.status() + " " + response.body(),
                    failures.last().orElse(null));
        }
        return new WebSocketCommunicator(
                request.target(), response, client, quiescence, failures, passage::words, json);
    }

    Response refused(WebSocketRequest request) {
        ClientConnection client = request.take();
        Response response = request.answered(answer(request.target(), client));
        if (response.status() == SWITCHING_PROTOCOLS) {
            client.abort();
            throw new AssertionError(request.target() + ": expected a refusal, but the application has accepted");
        }
        return response;
    }

    /** Sends a request and does not wait for the answer. */
    ClientConnection send(WebSocketRequest request) {
        return send(false, request.line(), request.bytes(key()));
    }

    private ClientConnection send(boolean head, String line, byte[] request) {
        ClientConnection client = new ClientConnection(quiescence.activity(), new ResponseReader(head, json));
        clients.removeIf(old -> old.end().isPresent());
        clients.add(client);
        failures.forgetLast();
        network.connect(client);
        failures.forget(client.link().address());
        client.start(line, request);
        return client;
    }

    /** Sends a request for a page, and waits for the answer. */
    Response send(PageRequest request) {
        return answer(request.line(), send(request.isHead(), request.line(), request.bytes()));
    }

    String json(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot encode " + value + " as JSON", e);
        }
    }

    private static String key() {
        byte[] key = new byte[KEY_BYTES];
        ThreadLocalRandom.current().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** The application may ask something else before it decides, which no callback shows. */
    private Response answer(String request, ClientConnection client) {
        boolean answered = quiescence.awaitCondition(
                () -> client.response().isPresent() || client.end().isPresent());
        return client.response()
                .filter(response -> answered)
                .orElseThrow(() -> new AssertionError(
                        request + ": " + (answered ? "the connection has ended without a whole answer" : unanswered()),
                        failures.last().orElse(null)));
    }

    private String unanswered() {
        return "no answer within " + quiescence.bound() + passage.words() + quiescence.state();
    }

    /** Cuts off all clients, closes all channels of the test, and waits until the application has nothing left to do. */
    public void disconnectAll() {
        cutOffAll();
        closeChannels();
        settles();
    }

    private void closeChannels() {
        channels.forEach(TestChannel::close);
        channels.clear();
    }

    private void cutOffAll() {
        clients.stream().filter(client -> client.end().isEmpty()).forEach(ClientConnection::abort);
    }

    /** Cuts off all clients, and stops the application. */
    @Override
    public void close() {
        cutOffAll();
        closeChannels();
        database.heal();
        database.resume();
        CompletableFuture<?> stopped = server.stop().toCompletableFuture();
        passage.passesUntil(stopped);
        try {
            stopped.join();
        } finally {
            afterwards.run();
        }
    }
}
