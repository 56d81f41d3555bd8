package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.metrics.ChannelsMetrics;

/** A body must arrive in time, as long as its route reads it: {@code channels.http.body-timeout}. */
@Tag("edge")
@Execution(ExecutionMode.CONCURRENT)
class BodyTimeoutTest {
    private static final String LENGTH = " HTTP/1.1|Host: x|Content-Length: 1000000||";
    private static final String CHUNKED = " HTTP/1.1|Host: x|Transfer-Encoding: chunked||";
    private static final String STALLED_CHUNK = "F4240|hello";

    private final CompletableFuture<Done> mayRead = new CompletableFuture<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final RunningApplication application = RunningApplication.start(
            "channels.http { body-timeout = 400ms, header-timeout = 1h, idle-timeout = 1h }",
            channels -> channels.http(this::pages));

    BodyTimeoutTest() {
        new ChannelsMetrics(application.system()).bindTo(registry);
    }

    @AfterEach
    void endsLeakFree() {
        pace.shutdownNow();
        mayRead.complete(Done.getInstance());
        application.awaitNoConnections();
        application.close();
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.path(
                        "upload",
                        () -> Directives.extractRequestEntity(body ->
                                Directives.onSuccess(count(body, system), sum -> Directives.complete("got " + sum)))),
                Directives.path(
                        "held",
                        () -> Directives.extractRequestEntity(body -> Directives.onSuccess(
                                mayRead.thenCompose(now -> count(body, system)),
                                sum -> Directives.complete("got " + sum)))),
                Directives.path(
                        "echo", () -> Directives.extractRequestEntity(body -> Directives.complete(echo(body)))));
    }

    private static CompletionStage<Long> count(HttpEntity body, ActorSystem<?> system) {
        return body.getDataBytes().runWith(Sink.fold(0L, (sum, bytes) -> sum + bytes.size()), system);
    }

    private static HttpResponse echo(HttpEntity body) {
        return HttpResponse.create()
                .withEntity(HttpEntities.createChunked(ContentTypes.APPLICATION_OCTET_STREAM, body.getDataBytes()));
    }

    private double refusals() {
        return registry
                .find("channels.http.refusals")
                .tag("status", "408")
                .tag("reason", "body-timeout")
                .functionCounters()
                .stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    /** Waits as long as a body may stall, by the server's own clock. */
    private void awaitBodyTimeout() throws IOException {
        try (RawExchange stalled = RawExchange.with(application.port()).send("POST /upload" + LENGTH + "hello")) {
            assertThat(stalled.lastResponse().status()).isEqualTo(408);
        }
    }

    /** Sends pieces of a size, four a second; the stage completes after the last, or when the server has ended. */
    private CompletableFuture<Done> sendSlowly(RawExchange exchange, String piece, int count) {
        CompletableFuture<Done> sent = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(count);
        Runnable step = () -> {
            try {
                exchange.send(piece);
            } catch (IOException e) {
                sent.completeExceptionally(new UncheckedIOException(e));
            }
            if (left.decrementAndGet() == 0) {
                sent.complete(Done.getInstance());
            }
        };
        var steps = pace.scheduleAtFixedRate(step, 0, 250, TimeUnit.MILLISECONDS);
        return sent.whenComplete((done, failure) -> steps.cancel(false));
    }

    @ParameterizedTest
    @EnumSource(Position.class)
    void answers408WhereABodyOfALengthStalls(Position position) throws Exception {
        try (RawExchange exchange = position.ask(application.port(), "POST /upload" + LENGTH + "hello")) {
            assertThat(exchange.lastResponse().status()).isEqualTo(408);
        }

        assertThat(refusals()).isOne();
    }

    @ParameterizedTest
    @EnumSource(Position.class)
    void answers408WhereABodyInChunksStalls(Position position) throws Exception {
        try (RawExchange exchange = position.ask(application.port(), "POST /upload" + CHUNKED + STALLED_CHUNK)) {
            assertThat(exchange.lastResponse().status()).isEqualTo(408);
        }

        assertThat(refusals()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5;a", "5|", "5|hello", "5|hello|", "5|hello|0", "5|hello|0|", "5|hello|0|X: a|"})
    void answers408WhereverBodyInChunksStalls(String chunks) throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /upload" + CHUNKED + chunks)) {
            assertThat(exchange.lastResponse().status()).isEqualTo(408);
        }
    }

    @Test
    void answers408WhereNothingOfABodyComes() throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /upload" + LENGTH)) {
            assertThat(exchange.lastResponse().status()).isEqualTo(408);
        }

        assertThat(refusals()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {LENGTH, CHUNKED + "F4240|"})
    void answers408WhereABodyComesByteByByte(String head) throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /upload" + head)) {
            CompletableFuture<Done> upload = sendSlowly(exchange, "x", 1_000);

            assertThat(exchange.response().status()).isEqualTo(408);
            assertThat(upload).isNotCompleted();
        }

        assertThat(refusals()).isOne();
    }

    @Test
    void doesNotCountExtensionsAsProgressWithoutBound() throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /upload" + CHUNKED + "5;a=")) {
            CompletableFuture<Done> upload = sendSlowly(exchange, "x", 1_000);

            assertThat(exchange.response().status()).isEqualTo(408);
            assertThat(upload).isNotCompleted();
        }
    }

    @Test
    void letsAnUploadLiveThatIsSlowButMoves() throws Exception {
        // 2 KiB/s for 4 s, four times as long as a body may stall.
        String piece = "x".repeat(512);
        try (RawExchange exchange =
                RawExchange.with(application.port()).send("POST /upload HTTP/1.1|Host: x|Content-Length: 8192||")) {
            sendSlowly(exchange, piece, 16).get(20, TimeUnit.SECONDS);

            assertThat(exchange.response().body()).isEqualTo("got 8192");
        }
        assertThat(refusals()).isZero();
    }

    @Test
    void letsAnUploadInChunksLiveThatIsSlowButMoves() throws Exception {
        String piece = "200|" + "x".repeat(512) + "|";
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /upload" + CHUNKED)) {
            sendSlowly(exchange, piece, 16).get(20, TimeUnit.SECONDS);
            exchange.send("0||");

            assertThat(exchange.response().body()).isEqualTo("got 8192");
        }
        assertThat(refusals()).isZero();
    }

    @Test
    void letsAnUploadLiveWhoseRouteDoesNotRead() throws Exception {
        String half = "x".repeat(500_000);
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /held" + LENGTH)) {
            exchange.send(half.substring(0, 1_000));
            awaitBodyTimeout();
            awaitBodyTimeout();
            awaitBodyTimeout();

            mayRead.complete(Done.getInstance());
            exchange.send(half.substring(1_000) + half);

            assertThat(exchange.response().body()).isEqualTo("got 1000000");
        }
    }

    @Test
    void letsAConnectionRestAfterABodyThatHasEnded() throws Exception {
        try (RawExchange exchange =
                RawExchange.with(application.port()).send("POST /upload HTTP/1.1|Host: x|Content-Length: 5||hello")) {
            assertThat(exchange.response().body()).isEqualTo("got 5");
            awaitBodyTimeout();
            awaitBodyTimeout();

            exchange.send("GET /page HTTP/1.1|Host: x||");

            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void cutsTheConnectionWhereTheResponseHasBegun() throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port()).send("POST /echo" + CHUNKED + "5|hello|")) {
            String received = exchange.rest();

            assertThat(received)
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("5\r\nhello\r\n")
                    .doesNotContain("408");
        }
        assertThat(application.server().cuts()).containsExactly(entry("body-timeout", 1L));
        assertThat(refusals()).isZero();
    }
}
