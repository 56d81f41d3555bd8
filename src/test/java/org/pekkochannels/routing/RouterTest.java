package org.pekkochannels.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

final class RouterTest {
    private static final Refusal NOT_FOUND =
            Refusal.of(404, "No WebSocket route matches this path").because(Refusal.Reason.NO_ROUTE);

    @Test
    void theFirstRouteThatMatchesAnswers() {
        Router router = Router.of(
                Route.path("ws/new/", echo("new")),
                Route.path("ws/{room}/", echo("room")),
                Route.path("ws/{id:int}/", echo("never")));

        assertThat(ask(router, "/ws/new/")).isEqualTo("new {} ''");
        assertThat(ask(router, "/ws/42/")).isEqualTo("room {room=42} ''");
    }

    @ParameterizedTest
    @CsvSource({
        "ws/chat/, ws/chat/",
        "ws/chat/, /ws/chat/",
        "ws/{room}/, ws/{name}/",
        "ws/{room}/, ws/{room:str}/",
        "ws/{a:int}/{b}/, ws/{c:int}/{d}/"
    })
    void refusesARouteThatIsNeverReached(String first, String second) {
        assertThatThrownBy(() -> Router.of(
                        Route.path(first, echo("first")),
                        Route.path("other/", echo("other")),
                        Route.path(second, echo("second"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the route '" + second + "' is never reached: '" + first
                        + "' comes before it and matches the same paths; remove one of them, or change a pattern");
    }

    @Test
    void takesTwoRoutesOfWhichTheFirstMayNotMatch() {
        Router router = Router.of(
                Route.prefix("api/", Router.of(Route.path("one/", echo("one")))),
                Route.prefix("api/", Router.of(Route.path("two/", echo("two")))),
                Route.path("api/", echo("api")),
                Route.path("{a:int}/", echo("number")),
                Route.path("{a:long}/", echo("large number")));

        assertThat(ask(router, "/api/two/")).isEqualTo("two {} ''");
    }

    @Test
    void tellsTextsFromNumbers() {
        Router router = Router.of(
                Route.path("float/", echo("float")),
                Route.path(
                        "{a:int}/{b}/{c:long}/",
                        scope -> answer(scope.pathParameter("a", Integer.class)
                                + scope.pathParameter("c", Long.class)
                                + scope.pathParameter("b", String.class))));

        assertThat(ask(router, "/1/2/3/")).isEqualTo("42");
    }

    @ParameterizedTest
    @CsvSource({"/,root", "//,root", "'',root", "/a/,a", "//a/,a", "a/,a", "///a/,a"})
    void ignoresSlashesAtTheBeginning(String path, String answer) {
        Router router = Router.of(Route.path("", echo("root")), Route.path("/a/", echo("a")));

        assertThat(ask(router, path)).isEqualTo(answer + " {} ''");
        assertThat(router.handles(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ws", "/ws/a", "/ws/a/b/", "/other/"})
    void refusesAPathWithoutARoute(String path) {
        Router router = Router.of(Route.path("ws/{room}/", echo("room")));

        assertThat(open(router, path)).isEqualTo(NOT_FOUND);
        assertThat(router.handles(path)).isFalse();
        assertThat(open(Router.of(), path)).isEqualTo(NOT_FOUND);
    }

    @Test
    void aQuestionMarkInADecodedPathIsPartOfIt() {
        Router router = Router.of(Route.path("ws/{room}/", echo("room")));

        assertThat(router.handles("/ws/why?/")).isTrue();
    }

    @Test
    void mergesTheParametersOfAllLevels() {
        Router inner = Router.of(Route.path("test/{page:int}/", echo("page")));
        Router router = Router.of(Route.prefix("number/{number:int}/", inner));

        assertThat(ask(router, "/number/42/test/3/")).isEqualTo("page {number=42, page=3} ''");
        assertThat(open(router, "/number/42/blub/3/")).isEqualTo(NOT_FOUND);
        assertThat(open(router, "/number/x/test/3/")).isEqualTo(NOT_FOUND);
        assertThat(router.handles("/number/42/test/")).isFalse();
    }

    @Test
    void anInnerParameterReplacesAnOuterOfThatName() {
        Router router = Router.of(Route.prefix("{id:int}/", Router.of(Route.path("{id:int}/", echo("id")))));

        assertThat(ask(router, "/1/2/")).isEqualTo("id {id=2} ''");
    }

    @Test
    void goesOnWhereAnInnerRouterHasNoRoute() {
        Router innermost = Router.of(Route.path("no-match/", echo("never")));
        Router inner = Router.of(Route.prefix("path/", innermost));
        Router router = Router.of(
                Route.prefix("prefix/", inner),
                Route.prefix("prefix/", Router.of(Route.path("stuff/", echo("stuff")))),
                Route.path("{rest:path}", echo("rest")));

        assertThat(ask(router, "/prefix/stuff/")).isEqualTo("stuff {} ''");
        assertThat(ask(router, "/prefix/path/no-match/")).isEqualTo("never {} ''");
        assertThat(ask(router, "/prefix/path/other/")).isEqualTo("rest {rest=prefix/path/other/} ''");
    }

    @Test
    void aPrefixHandsTheRestToAnyApplication() {
        Router router =
                Router.of(Route.prefix("api/{version:int}/", echo("api")), Route.path("api/1/a", echo("never")));

        assertThat(ask(router, "/api/1/a/b")).isEqualTo("api {version=1} 'a/b'");
        assertThat(ask(router, "/api/1//a")).isEqualTo("api {version=1} 'a'");
        assertThat(router.handles("/api/1/anything")).isTrue();
    }

    @Test
    void matchesOnlyWhatNoOuterRouterHasMatched() {
        Router hidden = Router.of(Route.path("chat/{room}/", echo("room")));
        Application middleware = scope -> hidden.open(scope);
        Router router = Router.of(Route.prefix("api/{version:int}/", middleware), Route.path("api/1/b/", echo("b")));

        assertThat(ask(router, "/api/1/chat/lobby/")).isEqualTo("room {room=lobby, version=1} ''");
        assertThat(open(router, "/api/1/b/")).isEqualTo(NOT_FOUND);
    }

    @Test
    void aMiddlewareThroughARouterHidesNoRoute() {
        Router inner = Router.of(
                Route.path("chat/", echo("chat")), Route.prefix("deep/", Router.of(Route.path("", echo("deep")))));
        Router router =
                Router.of(Route.prefix("api/", inner.through(RouterTest::marked)), Route.path("api/b/", echo("b")));

        assertThat(ask(router, "/api/chat/")).isEqualTo("chat {marked=yes} ''");
        assertThat(ask(router, "/api/deep/")).isEqualTo("deep {marked=yes} ''");
        assertThat(ask(router, "/api/b/")).isEqualTo("b {} ''");
        assertThat(router.handles("/api/c/")).isFalse();
    }

    @Test
    void addsParametersThatAreNotInThePath() {
        Router inner = Router.of(Route.path("{b}/", echo("ab")).with("a", 2).with("b", 2));
        Router router = Router.of(
                Route.prefix("", inner).with("a", 1).with("c", 1),
                Route.path("", echo("root")).with("a", 42));

        assertThat(ask(router, "/x/")).isEqualTo("ab {a=2, b=x, c=1} ''");
        assertThat(ask(router, "/")).isEqualTo("root {a=42} ''");
    }

    @Test
    void aFailureOfAnApplicationIsItsOwn() {
        IllegalStateException failure = new IllegalStateException("no match, says the application");
        Router router = Router.of(
                Route.path("a/", scope -> CompletableFuture.failedFuture(failure)),
                Route.path("{any}/", echo("never")));

        assertThatThrownBy(() -> open(router, "/a/")).hasCause(failure);
    }

    @Test
    void takesAListOfRoutes() {
        Route route = Route.path("ws/{room}/", echo("room"));

        assertThat(Router.of(List.of(route)).handles("/ws/lobby/")).isTrue();
        assertThat(route).hasToString("Route[ws/{room}/]");
    }

    private static Application marked(Application inner) {
        return scope -> inner.open(scope.withRoute(Map.of("marked", "yes"), scope.remainingPath()));
    }

    /** Answers with its name, the parameters in order, and the rest of the path. */
    private static Application echo(String name) {
        return scope -> answer(name + " " + new TreeMap<>(scope.pathParameters()) + " '" + scope.remainingPath() + "'");
    }

    private static CompletableFuture<Opening> answer(String words) {
        return CompletableFuture.completedFuture(Refusal.of(403, words));
    }

    private static String ask(Router router, String path) {
        Opening opening = open(router, path);
        assertThat(opening)
                .isInstanceOfSatisfying(
                        Refusal.class,
                        answer -> assertThat(answer.status())
                                .as("status for %s", path)
                                .isEqualTo(403));
        return ((Refusal) opening).body();
    }

    private static Opening open(Router router, String path) {
        return router.open(Scope.of(path)).toCompletableFuture().join();
    }

    @ParameterizedTest
    @CsvSource({
        "ws/{name}/, ws/{id:int}/",
        "ws/{name}/, ws/chat/",
        "ws/{name}/, ws/{id:uuid}/",
        "ws/{name}/, ws/a-{id:long}/",
        "ws/{a:slug}/, ws/{id:uuid}/",
        "ws/{id:long}/, ws/{id:int}/",
        "ws/{id:int}/, ws/42/",
        "ws/{rest:path}, ws/{a}/{b}/",
        "ws/{rest:path}, ws/chat/",
        "{a:path}, {b}",
        "ws/{a}/{b}, ws/{c:int}/x{d}",
        "ws/{a}{b}, ws/{c}-{d}"
    })
    void reportsARouteWhosePathsAnEarlierOneMatches(String first, String second) {
        Router router =
                Router.of(Route.path("/", echo("1")), Route.path(first, echo("2")), Route.path(second, echo("3")));

        assertThat(router.unreachable())
                .containsExactly("the route '" + second + "' is never reached: '" + first
                        + "' comes before it and matches all its paths; add it first, or change a pattern");
        assertThat(Router.of(Route.path(second, echo("1")), Route.path(first, echo("2")))
                        .unreachable())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ws/{name}/, ws/{name}",
        "ws/{id:int}/, ws/{id:long}/",
        "ws/{id:int}/, ws/{id:uuid}/",
        "ws/{a:slug}/, ws/{b}/",
        "ws/{a}/, ws/{b:path}/",
        "ws/chat/, ws/chats/",
        "ws/{a}-{b}/, ws/{c}/",
        "ws/{a}x/, ws/{c}/",
        "ws/{id:uuid}/, ws/{a:slug}/"
    })
    void reportsNoRouteThatCanBeReached(String first, String second) {
        assertThat(Router.of(Route.path(first, echo("1")), Route.path(second, echo("2")))
                        .unreachable())
                .isEmpty();
    }

    @Test
    void reportsRoutesBehindAPrefix() {
        Router router = Router.of(
                Route.prefix("api/{version:int}/", Router.of(Route.path("{name}/", echo("1")))),
                Route.path("api/7/chat/", echo("2")),
                Route.path("api/x/chat/", echo("3")),
                Route.prefix("files/", echo("4")),
                Route.prefix("files/", Router.of(Route.path("a/", echo("5")))),
                Route.prefix("{any:path}/", Router.of(Route.path("end", echo("6")))),
                Route.path("far/end", echo("7")));

        assertThat(router.unreachable())
                .satisfiesExactly(
                        words -> assertThat(words)
                                .startsWith("the route 'api/7/chat/' is never reached: 'api/{version:int}/{name}/'"),
                        words -> assertThat(words).startsWith("the route 'files/a/' is never reached: 'files/'"));
    }

    @Test
    @Timeout(60)
    void givesUpOnPatternsThatWouldTakeTooLong() {
        String many = IntStream.range(0, 60).mapToObj(n -> "{a" + n + "}x").collect(Collectors.joining());
        List<Route> routes = IntStream.range(0, 10)
                .mapToObj(n -> Route.path(many + "y".repeat(n), echo("1")))
                .toList();

        assertThat(Router.of(routes).unreachable()).isEmpty();
    }

    @Test
    @Timeout(60)
    void checksManyRoutesInNoTime() {
        Router router = Router.of(IntStream.range(0, 2000)
                .mapToObj(number -> Route.path("ws/feed" + number + "/{room}/", echo("1")))
                .toList());

        assertThat(router.unreachable()).isEmpty();
    }

    @Test
    void namesTheMiddlewareInWhatFailsBehindIt() {
        IllegalStateException planted = new IllegalStateException("planted");
        Router router = Router.of(Route.path("a", scope -> CompletableFuture.failedFuture(planted)))
                .through(application -> application);

        for (int i = 0; i < 3; i++) {
            assertThat(router.open(Scope.of("/a"))).isCompletedExceptionally();
        }

        assertThat(planted.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "in or behind the middleware of " + RouterTest.class.getName() + " around the route 'a'");
    }

    @Test
    @SuppressWarnings("NullAway")
    void namesTheMiddlewareThatReturnsNull() {
        Router nothing = Router.of(Route.path("a", echo("a"))).through(application -> scope -> null);
        Router emptyStage = Router.of(Route.path("a", echo("a")))
                .through(application -> scope -> CompletableFuture.completedFuture(null));
        String name = "middleware of " + RouterTest.class.getName() + " around the route 'a'";

        assertThatThrownBy(() -> nothing.open(Scope.of("/a")))
                .hasMessage("the " + name + " returned null; return a stage of an Opening");
        assertThat(emptyStage.open(Scope.of("/a")))
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("the stage of the " + name + " has the value null");
    }

    /** As an application in Java sees it, whose compiler does not know of null. */
    @Test
    @SuppressWarnings("NullAway")
    void rejectsNullWhereARouteIsMade() {
        assertThatThrownBy(() -> Route.path(null, echo("a")))
                .hasMessage("the pattern of a route must not be null; \"\" matches the empty path");
        assertThatThrownBy(() -> Route.prefix(null, echo("a")))
                .hasMessage("the pattern of a route must not be null; \"\" matches the empty path");
        assertThatThrownBy(() -> Route.path("a", null)).hasMessage("the application of the route 'a' must not be null");
        assertThatThrownBy(() -> Route.prefix("a/", null))
                .hasMessage("the application of the route 'a/' must not be null");
        assertThatThrownBy(() -> Route.path("a", echo("a")).with("x", null))
                .hasMessage("the parameter 'x' of a route must not be null; leave it out");
        assertThatThrownBy(() -> Router.of(Route.path("a", echo("a")), null))
                .hasMessage("a route of a router must not be null; leave it out");
        assertThatThrownBy(() -> Router.of(Route.path("a", echo("a"))).through(application -> null))
                .hasMessage("a middleware returned null for the route 'a'; return an application");
        assertThatThrownBy(() -> Router.of(Route.path("a", scope -> null)).open(Scope.of("/a")))
                .hasMessageEndingWith(
                        " returned null; an application or a middleware must return a stage of an Opening");
    }

    @Test
    void namesTheMiddlewareInWhatIsThrownBehindItBesideWhatTheFailureHasSuppressed() {
        IllegalStateException planted = new IllegalStateException("planted");
        planted.addSuppressed(new IllegalArgumentException("its own"));
        Router router = Router.of(Route.path("a", scope -> {
                    throw planted;
                }))
                .through(application -> application);

        assertThatThrownBy(() -> router.open(Scope.of("/a"))).isSameAs(planted);

        assertThat(planted.getSuppressed())
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "its own",
                        "in or behind the middleware of " + RouterTest.class.getName() + " around the route 'a'");
    }
}
