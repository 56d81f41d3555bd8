package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.websocket.Limit;

/** An application, or a middleware, that takes its time to say who answers a connection. */
@Tag("edge")
class SilentApplicationTest {
    private final CompletableFuture<Opening> answer = new CompletableFuture<>();
    private final CountDownLatch asked = new CountDownLatch(1);

    private RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.application("ws/silent/", scope -> {
                    asked.countDown();
                    return answer;
                }));
    }

    private static CompletableFuture<HttpResponse<?>> refusal(RunningApplication application) {
        return CompletableFuture.supplyAsync(() -> application.refusal("/ws/silent/"));
    }

    private void awaitAsked() throws InterruptedException {
        assertThat(asked.await(20, TimeUnit.SECONDS)).as("asked").isTrue();
    }

    private static void assertStatus(int status, CompletableFuture<HttpResponse<?>> refusal) {
        assertThat(refusal).succeedsWithin(Duration.ofSeconds(20)).returns(status, HttpResponse::statusCode);
    }

    @Test
    void isAnswered503WithinTheHandshakeTimeout() {
        try (RunningApplication application = start("channels.websocket.handshake-timeout = 300ms")) {
            assertStatus(503, refusal(application));

            assertThat(application.server().webSocketStats().crossed(Limit.HANDSHAKE_TIMEOUT))
                    .isOne();
            assertThat(application.server().refusals()).containsExactly(entry(503, 1L));
            assertThat(application.server().connections()).isZero();
        }
    }

    @Test
    void takesOneOfTheWebSocketsUntilItRefuses() throws Exception {
        try (RunningApplication application =
                start("channels { http.max-websockets = 1, websocket.handshake-timeout = 10m }")) {
            CompletableFuture<HttpResponse<?>> first = refusal(application);
            awaitAsked();
            assertThat(application.server().connections()).isOne();
            assertStatus(503, refusal(application));

            answer.complete(Refusal.FORBIDDEN);

            assertStatus(403, first);
            assertStatus(403, refusal(application));
            assertThat(application.server().connections()).isZero();
        }
    }

    @Test
    void givesItsPlaceBackWhenItFails() throws Exception {
        try (RunningApplication application = start("channels.http.max-websockets = 1")) {
            answer.completeExceptionally(new IllegalStateException("as the test wants it"));

            assertStatus(500, refusal(application));
            assertStatus(500, refusal(application));
        }
    }

    @Test
    void isAnswered503WhenTheServerGoesAway() throws Exception {
        RunningApplication application = start("channels.websocket.handshake-timeout = 10m");
        CompletableFuture<HttpResponse<?>> waiting = refusal(application);
        awaitAsked();

        application.close();

        assertStatus(503, waiting);
    }
}
