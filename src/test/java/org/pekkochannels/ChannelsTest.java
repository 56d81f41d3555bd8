package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.Application;

/** What a builder of an application refuses. */
class ChannelsTest {
    private static final Config CONFIG =
            ConfigFactory.parseString("""
                    channels.http.port = 0
                    channels.database.url = "jdbc:h2:mem:builder"
                    """).withFallback(ConfigFactory.load()).resolve();

    private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "own", CONFIG);

    @AfterEach
    void stop() {
        system.terminate();
        join(system.getWhenTerminated());
    }

    /** Accepts. */
    private static final class Silent extends WebSocketConsumer {
        Silent(ConsumerContext context) {
            super(context);
        }
    }

    static Stream<Consumer<Channels>> calls() {
        return Stream.of(
                Channels::start,
                Channels::route,
                channels -> channels.websocket("ws/late/", Silent::new),
                channels -> channels.endpoint("ws/late/", "late", Silent::new),
                channels -> channels.through(
                        started -> application -> application, routes -> routes.websocket("ws/late/", Silent::new)),
                channels -> channels.http(started -> Directives.reject()),
                channels -> channels.json(new ObjectMapper()),
                channels -> channels.beforeStart(started -> CompletableFuture.completedFuture("done")));
    }

    @Test
    void refusesARouteWithoutAnActorSystemOfTheApplications() {
        assertThatThrownBy(() -> Channels.load(CONFIG).route())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Channels.in(system)")
                .hasMessageContaining("start()");
    }

    @ParameterizedTest
    @MethodSource("calls")
    void refusesEveryCallAfterTheRouteWasMade(Consumer<Channels> call) {
        Channels channels = Channels.in(system).websocket("ws/echo/", Silent::new);
        channels.route();

        assertThatThrownBy(() -> call.accept(channels))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start() or route() was called already");
    }

    @Test
    void refusesASecondApplicationInOneActorSystemWithTheCure() {
        Channels.in(system).websocket("ws/one/", Silent::new).route();

        assertThatThrownBy(() ->
                        Channels.in(system).websocket("ws/two/", Silent::new).route())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this actor system already has an application of Channels")
                .hasMessageContaining("add all endpoints to one Channels.in(system)");
    }

    @Test
    void endsItsSystemWhenATaskThrowsWhatItDoesNotDeclare() {
        CompletableFuture<ActorSystem<?>> made = new CompletableFuture<>();
        Channels channels = Channels.load(CONFIG).beforeStart(started -> {
            made.complete(started);
            throw ChannelsTest.<RuntimeException>sneaked(new IOException("planted"));
        });

        assertThatThrownBy(channels::start).isInstanceOf(IOException.class);

        assertThat(made.join().getWhenTerminated().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void failsWithTheErrorThatATasksStageFailedWith() {
        AssertionError planted = new AssertionError("planted");
        Channels channels = Channels.load(CONFIG).beforeStart(started -> CompletableFuture.failedFuture(planted));

        assertThatThrownBy(channels::start).isSameAs(planted);
    }

    @Test
    void namesTheDefaultsWhereTheyAreMissing() {
        Channels channels = Channels.load(ConfigFactory.parseString("channels.http.port = 0"));

        assertThatThrownBy(channels::start)
                .hasMessageContaining("the defaults of reference.conf are missing: pass ConfigFactory.load(config)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pekko.version",
                "pekko.actor.typed",
                "pekko.use-slf4j",
                "pekko.stream",
                "pekko.http.server",
                "pekko.http.routing",
                "pekko.http.version"
            })
    void namesTheLibraryWhoseDefaultsAreMissing(String lost) {
        Channels channels = Channels.load(CONFIG.withoutPath(lost));

        assertThatThrownBy(channels::start)
                .hasMessageMatching(
                        "No configuration setting found for key '" + lost + "[a-z.]*', because the defaults .*")
                .hasMessageContaining("in a fat jar, merge all files named reference.conf");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "channels.http.tls = on | channels.http.tls { enabled = on }, was a single text",
                "channels.websocket.compression = true | channels.websocket.compression { enabled = on }, was 'true'",
                "channels.endpoints { feed = drop-oldest } | channels.endpoints.feed { slow-reader = .. }, was a single text",
                "channels.endpoints.feed.compression = true | channels.endpoints.feed.compression { enabled = on }, was 'true'",
                "channels.databases { r = \"jdbc:secret\" } | channels.databases.r { url = .. }, was a single text",
                "channels.databases = [] | channels.databases { name = .. }, was '[]'",
                "channels.database = \"jdbc:secret\" | channels.database { url = .. }, was a single text",
                "channels.http = 8080 | channels.http { port = .. }, was '8080'",
                "channels = null | must be a section of keys"
            })
    void namesTheSectionThatHasAValueInstead(String keys, String words) {
        Channels channels = Channels.load(
                ConfigFactory.parseString(keys).withFallback(CONFIG).resolve());

        assertThatThrownBy(channels::start)
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining(words)
                .hasMessageContaining("String: 1")
                .hasMessageNotContaining("secret");
    }

    @SuppressWarnings("unchecked") // not checked at run time, as in languages without checked exceptions
    private static <E extends Throwable> RuntimeException sneaked(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void refusesASecondRouteOfPages() {
        Channels channels = Channels.load(CONFIG).http(started -> Directives.reject());

        assertThatThrownBy(() -> channels.http(started -> Directives.reject()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("http(..) was called twice")
                .hasMessageContaining("Directives.concat");
    }

    @Test
    void refusesASecondEndpointOfTheSamePathsWhereItIsAdded() {
        Channels channels = Channels.load(CONFIG).websocket("ws/chat/{room}/", Silent::new);

        assertThatThrownBy(() -> channels.websocket("/ws/chat/{name}/", Silent::new))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "the route '/ws/chat/{name}/' is never reached: 'ws/chat/{room}/' comes before it");
    }

    @Test
    void refusesASecondEndpointOfTheSamePathsBehindAMiddleware() {
        Channels channels = Channels.load(CONFIG).websocket("ws/chat/{room}/", Silent::new);

        assertThatThrownBy(() -> channels.through(
                        started -> application -> application,
                        routes -> routes.websocket("ws/chat/{name}/", Silent::new)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the route 'ws/chat/{name}/' is never reached");
    }

    @Test
    void warnsOfAnEndpointThatIsNeverReached() {
        try (RecordedLog log = new RecordedLog(Channels.class.getName())) {
            ChannelsServer server = Channels.load(CONFIG)
                    .websocket("ws/{name}/", Silent::new)
                    .through(
                            started -> application -> application,
                            routes -> routes.websocket("ws/{id:int}/", Silent::new))
                    .start();
            join(server.stop());

            assertThat(log.soFar("the route 'ws/{id:int}/' is never reached: 'ws/{name}/' comes before it"))
                    .hasSize(1);
        }
    }

    @Test
    void refusesAMiddlewareWithoutEndpoints() {
        assertThatThrownBy(() -> Channels.load(CONFIG).through(started -> application -> application, routes -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("through(..) has no endpoint inside");
    }

    @Test
    void refusesAnEndpointThatWouldMissTheMiddlewareItIsWrittenIn() {
        Channels channels = Channels.load(CONFIG);
        List<Channels.Routes> kept = new ArrayList<>();

        assertThatThrownBy(() -> channels.through(
                        started -> application -> application, routes -> channels.websocket("ws/a/", Silent::new)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("where the middleware would not apply");
        channels.through(
                started -> application -> application, routes -> kept.add(routes.websocket("ws/a/", Silent::new)));
        assertThatThrownBy(() -> kept.get(0).websocket("ws/b/", Silent::new))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after its function had returned");
    }

    @SuppressWarnings("NullAway")
    static Stream<Arguments> badMiddleware() {
        return Stream.of(
                Arguments.of(
                        (Function<ActorSystem<?>, UnaryOperator<Application>>) started -> null,
                        "the function of through(..) in " + ChannelsTest.class.getName() + " returned null"),
                Arguments.of(
                        (Function<ActorSystem<?>, UnaryOperator<Application>>) started -> {
                            throw new IllegalStateException("planted");
                        },
                        "the middleware of through(..) in " + ChannelsTest.class.getName() + " failed at the start"),
                Arguments.of(
                        (Function<ActorSystem<?>, UnaryOperator<Application>>) started -> application -> {
                            throw new AssertionError("planted");
                        },
                        "the middleware of through(..) in " + ChannelsTest.class.getName() + " failed at the start"),
                Arguments.of(
                        (Function<ActorSystem<?>, UnaryOperator<Application>>) started -> application -> null,
                        "a middleware returned null for the route 'ws/a/'"));
    }

    @ParameterizedTest
    @MethodSource("badMiddleware")
    void failsTheStartWithTheNameOfAMiddlewareThatCannotBeMade(
            Function<ActorSystem<?>, UnaryOperator<Application>> middleware, String words) {
        Channels channels = Channels.load(CONFIG).through(middleware, routes -> routes.websocket("ws/a/", Silent::new));

        assertThatThrownBy(channels::start).hasMessageContaining(words);
    }

    @Test
    void startsOnce() {
        Channels channels = Channels.load(CONFIG);
        ChannelsServer server = channels.start();

        assertThatThrownBy(channels::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("start() or route() was called already");
        join(server.stop());
    }

    private static void join(CompletionStage<?> stage) {
        stage.toCompletableFuture().join();
    }
}
