package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.ResponseEntity;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.PathMatchers;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.metrics.ChannelsMetrics;

/** Plants what an application's page may throw: in its route, what it continues with, its stage and its streams. */
@Tag("edge")
final class PageFailuresTest {
    private static final SimpleMeterRegistry REGISTRY = new SimpleMeterRegistry();

    private static final Search PAGE_FAILURES =
            REGISTRY.find("channels.edge.failures").tag("place", "page");
    private static final Search TRUNCATED = REGISTRY.find("channels.http.truncated");
    private static final String HALF_AN_UPLOAD = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf!";

    private static RunningApplication application;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(
                "pekko.jvm-exit-on-fatal-error = off", channels -> channels.http(PageFailuresTest::pages));
        new ChannelsMetrics(application.system()).bindTo(REGISTRY);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("still here")),
                Directives.path("upload", () -> Directives.extractMaterializer(PageFailuresTest::upload)),
                Directives.path(
                        PathMatchers.segment("page")
                                .slash(PathMatchers.segment())
                                .slash(PathMatchers.segment()),
                        (page, planted) ->
                                Page.valueOf(page).route(Planted.valueOf(planted), system.executionContext())),
                Directives.path(
                        PathMatchers.segment("body")
                                .slash(PathMatchers.segment())
                                .slash(PathMatchers.segment()),
                        (body, planted) -> Body.valueOf(body).route(Planted.valueOf(planted))));
    }

    private static Route upload(Materializer streams) {
        return Directives.extractRequestEntity(body -> Directives.onSuccess(
                body.getDataBytes().runWith(Sink.ignore(), streams), done -> Directives.complete("got it")));
    }

    /** Where a page fails. */
    private enum Page {
        ROUTE {
            @Override
            Route route(Planted planted, Executor later) {
                return planted.raise();
            }
        },
        CONTINUATION {
            @Override
            Route route(Planted planted, Executor later) {
                return Directives.onSuccess(after(later), done -> planted.raise());
            }
        },
        CONTINUATION_OF_A_CONTINUATION {
            @Override
            Route route(Planted planted, Executor later) {
                return Directives.onSuccess(
                        after(later), done -> Directives.onSuccess(after(later), again -> planted.raise()));
            }
        },
        STAGE {
            @Override
            Route route(Planted planted, Executor later) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                after(later).thenRun(() -> stage.completeExceptionally(planted.caught()));
                return Directives.onSuccess(stage, Directives::complete);
            }
        },
        REQUEST_BODY {
            @Override
            Route route(Planted planted, Executor later) {
                return Directives.extractMaterializer(streams -> Directives.extractRequestEntity(body -> {
                    CompletionStage<?> read = body.getDataBytes().runForeach(bytes -> planted.raise(), streams);
                    return Directives.onSuccess(read, done -> Directives.complete("read"));
                }));
            }
        };

        abstract Route route(Planted planted, Executor later);

        /** Completes on another thread when the route has gone on. */
        private static CompletionStage<String> after(Executor later) {
            return CompletableFuture.supplyAsync(
                    () -> "done", CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS, later));
        }
    }

    /** Where the stream of a response fails. */
    private enum Body {
        CHUNKED {
            @Override
            ResponseEntity entity(Source<ByteString, NotUsed> failing) {
                return HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, failing);
            }
        },
        SIZED {
            @Override
            ResponseEntity entity(Source<ByteString, NotUsed> failing) {
                return HttpEntities.create(ContentTypes.TEXT_PLAIN_UTF8, 1_000, failing);
            }
        },
        CHUNKED_BY_ANOTHER_ACTOR {
            @Override
            ResponseEntity entity(Source<ByteString, NotUsed> failing) {
                return HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, failing.async());
            }
        },
        BLOCKING {
            @Override
            ResponseEntity entity(Source<ByteString, NotUsed> failing) {
                return HttpEntities.createChunked(ContentTypes.TEXT_PLAIN_UTF8, failing);
            }

            @Override
            Source<ByteString, NotUsed> source(Planted planted) {
                return Source.unfoldResource(
                        AtomicInteger::new,
                        number -> Optional.of(part(number.incrementAndGet(), planted)),
                        number -> {});
            }
        };

        abstract ResponseEntity entity(Source<ByteString, NotUsed> failing);

        Source<ByteString, NotUsed> source(Planted planted) {
            return Source.range(1, 3).map(number -> part(number, planted));
        }

        Route route(Planted planted) {
            return Directives.complete(HttpResponse.create().withEntity(entity(source(planted))));
        }

        private static ByteString part(int number, Planted planted) {
            return number < 3 ? ByteString.fromString("part " + number) : planted.raise();
        }
    }

    static Stream<Arguments> everythingEverywhere() {
        return everything(Page.values());
    }

    static Stream<Arguments> everyBody() {
        return everything(Body.values());
    }

    private static Stream<Arguments> everything(Enum<?>... places) {
        return Stream.of(places)
                .flatMap(place -> Stream.of(Planted.values()).map(planted -> Arguments.of(place, planted)));
    }

    @AfterEach
    void servesTheOthersOn() throws Exception {
        assertThat(get("/page").body()).isEqualTo("still here");
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("everythingEverywhere")
    void isAnswered500(Page page, Planted planted) throws Exception {
        assertThat(get("/page/" + page + "/" + planted).statusCode()).isEqualTo(500);
    }

    /** A response that has begun must not seem to be whole. */
    @ParameterizedTest
    @MethodSource("everyBody")
    void cutsTheResponseThatItsStreamFails(Body body, Planted planted) {
        assertThatThrownBy(() -> get("/body/" + body + "/" + planted)).hasCauseInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = Page.class,
            names = {"ROUTE", "CONTINUATION", "STAGE"})
    void isLoggedOnceWithItsPathAndCounted(Page page) throws Exception {
        double before = count(PAGE_FAILURES);
        try (RecordedLog log = new RecordedLog("ROOT")) {
            String path = "/page/" + page + "/" + Planted.EXCEPTION;

            assertThat(get(path + "?token=secret").body()).isEqualTo("There was an internal server error.");

            assertThat(log.await("the route of " + path + " failed")).doesNotContain("secret");
            await(() -> assertThat(count(PAGE_FAILURES)).isEqualTo(before + 1));
            application.system().classicSystem().log().warning("the end");
            log.await("the end");
            assertThat(log.soFar("")).hasSize(2);
        }
    }

    @Test
    void countsWhatItsStreamsThrow() {
        double before = count(PAGE_FAILURES);

        // The JDK's client would repeat a GET whose response has no head.
        assertThatThrownBy(() -> ask("POST", "/body/" + Body.CHUNKED + "/" + Planted.LINKAGE_ERROR))
                .hasCauseInstanceOf(IOException.class);

        await(() -> assertThat(count(PAGE_FAILURES)).isEqualTo(before + 1));
    }

    @Test
    void isNotBlamedForAClientThatLeavesWithinItsRequest() throws Exception {
        double before = count(TRUNCATED);
        try (RecordedLog log = new RecordedLog("ROOT")) {
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), application.port())) {
                client.getOutputStream().write(HALF_AN_UPLOAD.getBytes(StandardCharsets.US_ASCII));
            }
            await(() -> assertThat(count(TRUNCATED)).isEqualTo(before + 1));
            application.system().classicSystem().log().warning("the end");

            log.await("the end");
            assertThat(log.soFar("")).hasSize(1);
        }
    }

    private static double count(Search counter) {
        FunctionCounter found = counter.functionCounter();
        return found == null ? 0 : found.count();
    }

    private static void await(Runnable assertion) {
        TestProbe.create(application.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            assertion.run();
            return true;
        });
    }

    private static java.net.http.HttpResponse<String> get(String path) throws Exception {
        return ask("GET", path);
    }

    private static java.net.http.HttpResponse<String> ask(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(application.http(path))
                .method(method, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[1_000])))
                .build();
        return JdkClient.http().sendAsync(request, BodyHandlers.ofString()).get(20, TimeUnit.SECONDS);
    }
}
