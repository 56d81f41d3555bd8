package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.middleware.Middleware;
import org.pekkochannels.middleware.OriginCheck;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Attribute;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire.SharedMessage;
import org.pekkochannels.routing.Route;
import org.pekkochannels.routing.Router;
import org.pekkochannels.settings.Manual;

/** A null is refused where it is passed, by its name: not by the server that starts, nor by a client that connects. */
@SuppressWarnings("NullAway")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NullArgumentsTest {
    private static final Config CONFIG = ConfigFactory.parseString(
                    "channels.http.port = 0, channels.database.url = \"jdbc:h2:mem:nulls\"")
            .withFallback(ConfigFactory.load())
            .resolve();

    private final ActorTestKit kit = ActorTestKit.create("null-arguments-test", CONFIG);
    private final ActorSystem<?> system = kit.system();
    private final Database database = Database.get(system);
    private final Scope scope = Scope.of("/a");
    private final Application application = scope -> new CompletableFuture<>();

    private static final class Silent extends WebSocketConsumer {
        Silent(ConsumerContext context) {
            super(context);
        }
    }

    @AfterAll
    void stop() {
        kit.shutdownTestKit();
    }

    private static Arguments call(String named, Callable<?> call) {
        return Arguments.of(named, call);
    }

    private Channels channels() {
        return Channels.in(system);
    }

    private Stream<Arguments> ofTheApplication() {
        Function<ConsumerContext, Silent> none = null;
        return Stream.of(
                call("configuration of Channels.load(..)", () -> Channels.load(null)),
                call("actor system of Channels.in(..)", () -> Channels.in(null)),
                call("pattern of a route", () -> channels().websocket(null, Silent::new)),
                call("factory of a consumer", () -> channels().websocket("p", none)),
                call("name of a channel", () -> channels().worker(null, Silent::new)),
                call("factory of worker(\"w\", ..)", () -> channels().worker("w", none)),
                call("factory of a consumer", () -> channels().endpoint("p", "e", none)),
                call("name of an endpoint", () -> channels().endpoint("p", null, Silent::new)),
                call("application of the route 'p'", () -> channels().application("p", null)),
                call("function of http(..)", () -> channels().http(null)),
                call("function of through(..)", () -> channels().through(null, routes -> {})),
                call("routes of through(..)", () -> channels().through(started -> inner -> inner, null)),
                call("function of Middleware.refuse(..)", () -> Middleware.refuse(null)),
                call("function of Middleware.enrich(..)", () -> Middleware.enrich(null)),
                call(
                        "function of Middleware.require(..)",
                        () -> Middleware.require(new Attribute<>("n", String.class), null, Refusal.FORBIDDEN)),
                call("task of beforeStart(..)", () -> channels().beforeStart(null)),
                call("factory of a consumer", () -> ConsumerBehavior.application(null)),
                call("factory of a consumer", () -> ConsumerBehavior.create(scope, null)),
                call("application of the route 'p'", () -> Route.prefix("p", null)),
                call(
                        "parameter 'n' of a route",
                        () -> Route.path("p", application).with("n", null)),
                call(
                        "name of a route's parameter",
                        () -> Route.path("p", application).with(null, 1)),
                call("route of a router", () -> Router.of(Route.path("p", application), null)),
                call("middleware of a router", () -> Router.of().through(null)),
                call("application of the endpoint 'e'", () -> Endpoint.named("e", null)),
                call(
                        "application behind an origin check",
                        () -> OriginCheck.of(Manual.defaults()).around(null)));
    }

    private Stream<Arguments> ofValues() {
        return Stream.of(
                call("name of a header", () -> new Header(null, "x")),
                call("value of a header", () -> new Header("X", null)),
                call("reason of a close", () -> new CloseReason(1000, null)),
                call("headers of a refusal", () -> new Refusal(403, null, "")),
                call("header of a refusal", () -> new Refusal(403, Arrays.asList((Header) null), "")),
                call("header of an acceptance", () -> new Acceptance(Optional.empty(), Arrays.asList((Header) null))),
                call("name of a header", () -> scope.header(null)),
                call("name of a cookie", () -> scope.cookie(null)),
                call("name of a query parameter", () -> scope.queryParameter(null)),
                call("name of a path parameter", () -> scope.pathParameter(null)),
                call("key of an attribute", () -> scope.attribute(null)),
                call("value of the attribute 'n'", () -> scope.withAttribute(new Attribute<>("n", String.class), null)),
                call("target of a scope", () -> Scope.of(null)),
                call("headers of a scope", () -> scope.withHeaders(null)),
                call("subprotocols of a scope", () -> scope.withSubprotocols(null)),
                call("path parameters of a route", () -> scope.withRoute(null, "")),
                call("rest of a route's path", () -> scope.withRoute(Map.of(), null)),
                call("text of a message", () -> SharedMessage.text(null)),
                call("expiry of events", () -> ChannelLayer.inMemory(1, null)),
                call("receiver of a channel", () -> ChannelLayer.get(system).newChannel(null)),
                call("channel that joins", () -> ChannelLayer.get(system).groupAdd("g", null)),
                call("name of a group", () -> ChannelLayer.get(system).groupSend((GroupName) null, Event.of("t"))),
                call("name of a group", () -> ChannelLayer.get(system).localSize((GroupName) null)),
                call(
                        "name of the excluded channel",
                        () -> ChannelLayer.get(system).groupSendExcept(new GroupName("g"), null, Event.of("t"))),
                call("channel that leaves", () -> ChannelLayer.get(system).groupDiscard("g", null)),
                call("class of an attribute", () -> new Attribute<>("n", null)),
                call("name of a group", () -> new GroupName(null)),
                call("text of a group name", () -> GroupName.of("room", null)),
                call("prefix of a group name", () -> GroupName.of(null, "x")),
                call("type of an event", () -> Event.of(null)),
                call("actor system of an event", () -> Event.of(null, "t", 1)),
                call("type of an event's payload", () -> Event.of("t").payload((TypeReference<String>) null)),
                call("mapper of json(..)", () -> Channels.load().json(null)),
                call("JSON of the event 't'", () -> Event.ofJson("t", null)),
                call("event that is sent", () -> ChannelLayer.get(system).groupSend("g", (Event) null)),
                call("event that is sent", () -> ChannelLayer.get(system).send("c", (Event) null)),
                call(
                        "name of a group",
                        () -> ChannelLayer.get(system).presence().list(null)),
                call(
                        "channel of a presence",
                        () -> ChannelLayer.get(system).presence().watch(new GroupName("g"), null)));
    }

    private Stream<Arguments> ofTheDatabase() {
        return Stream.of(
                call("callback of a database call", () -> database.withHandle(null)),
                call("callback of a database call", () -> database.useHandle(null)),
                call("callback of a database call", () -> database.inTransaction(null)),
                call("callback of a database call", () -> database.useTransaction(null)),
                call("callback of a database call", () -> database.async(null)),
                call("options of a transaction", () -> database.inTransaction((TransactionOptions) null, handle -> 1)),
                call("isolation level", () -> TransactionOptions.isolation(null)),
                call("time of a deadline", () -> Deadline.after(null)),
                call("name of a database", () -> Database.get(system, null)),
                call("DataSource of", () -> Database.of(system, (DataSource) null)),
                call("Jdbi of", () -> Database.of(system, (Jdbi) null)),
                call("patience of stop(..)", () -> database.stop(null)),
                call("executor of on(..)", () -> database.on(null)),
                call("class of an extension", () -> database.withExtension(null, extension -> 1)),
                call("deadline of within(..)", () -> database.within((Deadline) null)),
                call("time of within(..)", () -> database.within((java.time.Duration) null)),
                call("stage of cancelledBy(..)", () -> database.cancelledBy(null)),
                call("function of the batch 'b'", () -> database.batched("b", 10, null)),
                call("name of a batch", () -> database.batched(null, 10, (handle, rows) -> rows)),
                call("first key of slices(..)", () -> database.slices(null, row -> 1, (handle, key) -> List.of())),
                call("key function of slices(..)", () -> database.slices(0, null, (handle, key) -> List.of())),
                call("function of slices(..)", () -> database.slices(0, row -> 1, null)),
                call(
                        "function of forEach(..)",
                        () -> database.slices(0, row -> 1, (handle, key) -> List.of(1))
                                .forEach(null)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"ofTheApplication", "ofValues", "ofTheDatabase"})
    void areRefusedAtTheCall(String named, Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("must not be null");
    }

    @Test
    void areNamedWhereAFunctionReturnsThem() {
        assertThatThrownBy(
                        () -> Channels.load(CONFIG).beforeStart(started -> null).start())
                .hasMessage("a task of beforeStart(..) returned null; return a stage, such as"
                        + " CompletableFuture.completedFuture(null) if there is nothing to wait for");
        assertThatThrownBy(() -> Channels.load(CONFIG).http(started -> null).start())
                .hasMessageContaining("the function of http(..) returned null; return a route");
        assertThatThrownBy(() -> Router.of(Route.path("p", application)).through(inner -> null))
                .hasMessageContaining("a middleware returned null for the route 'p'");
    }

    @Test
    void areNamedWhereADatabaseFunctionReturnsThem() {
        assertFails(
                database.batched("null results", 10, (handle, rows) -> null).add(1),
                "batch 'null results' returned null; return one result for each row");
        assertFails(
                database.slices(0, row -> 1, (handle, key) -> null)
                        .forEach(rows -> CompletableFuture.completedFuture(true)),
                "the function that reads a slice returned null");
        assertFails(
                database.slices(0, row -> null, (handle, key) -> List.of(1))
                        .forEach(rows -> CompletableFuture.completedFuture(true)),
                "the key of a slice's last row is null");
        assertFails(
                database.slices(0, row -> 1, (handle, key) -> List.of(1)).forEach(rows -> null),
                "the function of forEach(..) returned null");
    }

    private static void assertFails(CompletionStage<?> stage, String words) {
        assertThatThrownBy(() -> stage.toCompletableFuture().join())
                .cause()
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining(words);
    }
}
