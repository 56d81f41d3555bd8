package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses that precede the end of their request, or that are not what was asked for. */
@Tag("edge")
class EarlyResponseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CompletableFuture<Long> stored = new CompletableFuture<>();
    private final RunningApplication application = RunningApplication.start("", channels -> channels.http(this::pages));

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    private Route pages(ActorSystem<?> system) {
        return Directives.concat(
                Directives.path("page", () -> Directives.complete("a page")),
                Directives.path(
                        "switch",
                        () -> Directives.complete(HttpResponse.create().withStatus(101))),
                Directives.path(
                        "first",
                        () -> Directives.extractRequestEntity(
                                body -> Directives.onSuccess(readFirst(body, system), Directives::complete))),
                Directives.path(
                        "small",
                        () -> Directives.extractRequestEntity(
                                body -> Directives.onSuccess(measured(body, system), Directives::complete))),
                Directives.path(
                        "store",
                        () -> Directives.extractRequestEntity(body -> {
                            store(body, system);
                            return Directives.complete("stored soon");
                        })));
    }

    private static CompletionStage<String> readFirst(HttpEntity body, ActorSystem<?> system) {
        return body.getDataBytes()
                .runWith(Sink.head(), system)
                .thenCompose(first -> later("began with " + first.utf8String(), system));
    }

    /** Reads a body of at most five bytes. */
    private static CompletionStage<String> measured(HttpEntity body, ActorSystem<?> system) {
        return body.withSizeLimit(5)
                .getDataBytes()
                .runWith(Sink.ignore(), system)
                .thenApply(done -> "small")
                .exceptionallyCompose(failure -> later("too large", system));
    }

    /** As after a look into the database: the end of the body's stream has been noticed by then. */
    private static CompletionStage<String> later(String answer, ActorSystem<?> system) {
        return Patterns.after(
                Duration.ofMillis(200), system.classicSystem(), () -> CompletableFuture.completedFuture(answer));
    }

    private void store(HttpEntity body, ActorSystem<?> system) {
        body.getDataBytes()
                .runWith(Sink.fold(0L, (sum, bytes) -> sum + bytes.size()), system)
                .whenComplete((sum, failure) -> {
                    if (failure == null) {
                        stored.complete(sum);
                    } else {
                        stored.completeExceptionally(failure);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100||0123456789", "Transfer-Encoding: chunked||A|0123456789|"})
    void doesNotMakeHalfAnUploadLookWhole(String body) throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port())) {
            exchange.send("POST /store HTTP/1.1|Host: x|" + body);

            assertThat(exchange.lastResponse().body()).isEqualTo("stored soon");
            assertThat(stored).failsWithin(PATIENCE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100||0123456789", "Transfer-Encoding: chunked||A|0123456789|"})
    void answersThoughThePageHasStoppedReading(String body) throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port())) {
            exchange.send("POST /first HTTP/1.1|Host: x|" + body);

            assertThat(exchange.lastResponse().body()).isEqualTo("began with 0123456789");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100||0123456789", "Transfer-Encoding: chunked||A|0123456789|"})
    void answersThoughTheBodyIsTooLargeForThePage(String body) throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port())) {
            exchange.send("POST /small HTTP/1.1|Host: x|" + body);

            assertThat(exchange.lastResponse().body()).isEqualTo("too large");
        }
    }

    @Test
    void readsTheNextRequestAfterA101ThatNoUpgradeAskedFor() throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port())) {
            exchange.send("GET /switch HTTP/1.1|Host: x||GET /page HTTP/1.1|Host: x|Content-Length:||");

            assertThat(exchange.response().status()).isEqualTo(101);
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
    }
}
