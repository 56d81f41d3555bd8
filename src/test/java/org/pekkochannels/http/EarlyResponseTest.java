package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
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
                        "store",
                        () -> Directives.extractRequestEntity(body -> {
                            store(body, system);
                            return Directives.complete("stored soon");
                        })));
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

    @Test
    void readsTheNextRequestAfterA101ThatNoUpgradeAskedFor() throws Exception {
        try (RawExchange exchange = RawExchange.with(application.port())) {
            exchange.send("GET /switch HTTP/1.1|Host: x||GET /page HTTP/1.1|Host: x|Content-Length:||");

            assertThat(exchange.response().status()).isEqualTo(101);
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
    }
}
