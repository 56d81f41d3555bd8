package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.middleware.Middleware;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Endpoints behind a middleware that has the actor system. */
@Tag("edge")
class ThroughTest {
    private static final Attribute<String> USER = new Attribute<>("user", String.class);
    private static final Attribute<String> TRACE = new Attribute<>("trace", String.class);

    /** Greets with what middleware has found. */
    private static final class Greeter extends WebSocketConsumer {
        Greeter(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(accepted -> send(words(scope())));
        }
    }

    /** The same as a blocking consumer. */
    private static final class SyncGreeter extends SyncWebSocketConsumer {
        SyncGreeter(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(words(scope()));
        }
    }

    private static String words(Scope scope) {
        return scope.attribute(USER).or(() -> scope.attribute(TRACE)).orElse("nobody");
    }

    private static Function<ActorSystem<?>, UnaryOperator<Application>> traced(String name) {
        return system -> Middleware.enrich(scope -> CompletableFuture.completedFuture(scope.withAttribute(
                TRACE, scope.attribute(TRACE).orElse("") + name + scope.pathParameter("room") + " ")));
    }

    private static CompletionStage<Optional<String>> user(Database database, Scope scope) {
        return database.withHandle(handle -> scope.cookie("session")
                .flatMap(session -> handle.select("select name from login where session = ?", session)
                        .mapTo(String.class)
                        .findOne()));
    }

    private static RunningApplication withLogin() {
        return RunningApplication.start(
                "",
                channels -> channels.beforeStart(system -> Database.get(system).useHandle(handle -> {
                            handle.execute("create table login (session varchar, name varchar)");
                            handle.execute("insert into login values ('s1', 'Ada')");
                        }))
                        .through(
                                system -> Middleware.require(
                                        USER,
                                        scope -> user(Database.get(system), scope),
                                        Refusal.of(401, "log in first")),
                                members -> members.websocket("ws/async/", Greeter::new)
                                        .websocket("ws/sync/", SyncGreeter::new))
                        .websocket("ws/open/", Greeter::new)
                        .http(system -> Directives.path("page", () -> Directives.complete("page"))));
    }

    private static WebSocket.Builder cookie(String value) {
        return JdkClient.http().newWebSocketBuilder().header("Cookie", value);
    }

    @ParameterizedTest
    @CsvSource({"/ws/async/", "/ws/sync/"})
    void checkALoginAgainstTheDatabase(String path) throws Exception {
        try (RunningApplication application = withLogin()) {
            JdkClient member = JdkClient.connect(cookie("theme=dark; session=s1"), application.ws(path));
            JdkClient stranger = JdkClient.connect(application.ws("/ws/open/"));
            HttpResponse<?> refused = application.refusal(path);
            HttpResponse<String> page = JdkClient.http()
                    .send(
                            java.net.http.HttpRequest.newBuilder(application.http("/page"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertThat(member.next()).isEqualTo("Ada");
            assertThat(stranger.next()).isEqualTo("nobody");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(page.body()).isEqualTo("page");
            member.close(1000, "");
            stranger.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void runFromTheOutermostInwardsAfterRouting() {
        AtomicInteger made = new AtomicInteger();
        Function<ActorSystem<?>, UnaryOperator<Application>> counted = system -> {
            made.incrementAndGet();
            return traced("1").apply(system);
        };
        try (RunningApplication application = RunningApplication.start(
                "",
                channels -> channels.through(
                        counted,
                        outer -> outer.websocket("ws/one/{room}/", Greeter::new)
                                .through(
                                        traced("2"),
                                        inner -> inner.websocket("ws/two/{room}/", Greeter::new)
                                                .through(
                                                        counted,
                                                        most -> most.websocket("ws/three/{room}/", SyncGreeter::new)))
                                .websocket("ws/four/{room}/", SyncGreeter::new)))) {
            assertThat(Stream.of("one", "two", "three", "four").map(name -> greeting(application, name)))
                    .containsExactly("1x ", "1x 2x ", "1x 2x 1x ", "1x ");
            assertThat(made).hasValue(2);
            application.awaitNoConnections();
        }
    }

    private static Object greeting(RunningApplication application, String name) {
        JdkClient client = JdkClient.connect(application.ws("/ws/" + name + "/x/"));
        Object greeting = client.next();
        client.close(1000, "");
        return greeting;
    }

    /** What a middleware may do wrong for one request. */
    private enum Wrong {
        NULL("the middleware of " + ThroughTest.class.getName() + " around the route 'ws/{wrong}/' returned null") {
            @Override
            @SuppressWarnings("NullAway")
            CompletionStage<Opening> open(Application application, Scope scope) {
                return null;
            }
        },
        NULL_STAGE("around the route 'ws/{wrong}/' has the value null") {
            @Override
            @SuppressWarnings("NullAway")
            CompletionStage<Opening> open(Application application, Scope scope) {
                return CompletableFuture.completedFuture(null);
            }
        },
        THROW("in or behind the middleware of " + ThroughTest.class.getName() + " around the route 'ws/{wrong}/'") {
            @Override
            CompletionStage<Opening> open(Application application, Scope scope) {
                throw new IllegalStateException("planted");
            }
        },
        ERROR("in or behind the middleware of " + ThroughTest.class.getName() + " around the route 'ws/{wrong}/'") {
            @Override
            CompletionStage<Opening> open(Application application, Scope scope) {
                throw new AssertionError("planted");
            }
        },
        FAILED_STAGE("in or behind the middleware of " + ThroughTest.class.getName()) {
            @Override
            CompletionStage<Opening> open(Application application, Scope scope) {
                return application.open(scope).thenApply(opening -> {
                    throw new IllegalStateException("planted");
                });
            }
        },
        NULL_ATTRIBUTE("the stage of Middleware.require(..) has the value null") {
            @Override
            @SuppressWarnings("NullAway")
            CompletionStage<Opening> open(Application application, Scope scope) {
                return Middleware.require(USER, any -> CompletableFuture.completedFuture(null), Refusal.FORBIDDEN)
                        .apply(application)
                        .open(scope);
            }
        },
        NULL_FUNCTION("the function of Middleware.enrich(..) returned null") {
            @Override
            @SuppressWarnings("NullAway")
            CompletionStage<Opening> open(Application application, Scope scope) {
                return Middleware.enrich(any -> null).apply(application).open(scope);
            }
        };

        private final String words;

        Wrong(String words) {
            this.words = words;
        }

        abstract CompletionStage<Opening> open(Application application, Scope scope);
    }

    @ParameterizedTest
    @EnumSource
    void answer500AndAreNamedInTheLogWhenTheyFail(Wrong wrong) {
        try (RunningApplication application = RunningApplication.start(
                        "",
                        channels -> channels.through(
                                system -> inner -> scope -> Wrong.valueOf(scope.pathParameter("wrong"))
                                        .open(inner, scope),
                                routes -> routes.websocket("ws/{wrong}/", Greeter::new)));
                RecordedLog log = new RecordedLog("org.pekkochannels")) {
            assertThat(application.refusal("/ws/" + wrong + "/").statusCode()).isEqualTo(500);

            assertThat(log.await("the application of /ws/" + wrong + "/ failed"))
                    .contains(wrong.words);
            application.awaitNoConnections();
        }
    }

    @Test
    void answer503WhenTheirDatabaseIsOverloaded() {
        try (RunningApplication application = RunningApplication.start(
                "channels.database { threads = 1, max-waiting = 1 }",
                channels -> channels.through(
                        system ->
                                Middleware.require(USER, scope -> user(Database.get(system), scope), Refusal.FORBIDDEN),
                        members -> members.websocket("ws/", Greeter::new)))) {
            CompletableFuture<String> release = new CompletableFuture<>();
            List<CompletionStage<String>> busy = Stream.generate(
                            () -> application.database().withHandle(handle -> release.join()))
                    .limit(2)
                    .toList();

            assertThat(application.refusal("/ws/").statusCode()).isEqualTo(503);

            release.complete("");
            busy.forEach(call -> call.toCompletableFuture().join());
            application.awaitNoConnections();
        }
    }

    @Test
    void refuseByAddress() {
        try (RunningApplication application = RunningApplication.start(
                "",
                channels -> channels.through(
                        system -> Middleware.refuse(scope -> CompletableFuture.completedFuture(
                                scope.queryParameter("bad").map(bad -> Refusal.of(429, bad)))),
                        routes -> routes.websocket("ws/", Greeter::new)))) {
            assertThat(application.refusal("/ws/?bad=1").statusCode()).isEqualTo(429);
            JdkClient good = JdkClient.connect(application.ws("/ws/"));
            assertThat(good.next()).isEqualTo("nobody");
            good.close(1000, "");
            application.awaitNoConnections();
        }
    }
}
