package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.WireClient;

/** A client that reads nothing, while it is still sent a little now and then. */
@Tag("edge")
class WriteTimeoutTest {
    private static final LinkedBlockingQueue<Long> STALLS = new LinkedBlockingQueue<>();
    private static final LinkedBlockingQueue<CloseReason> ENDS = new LinkedBlockingQueue<>();

    private final RunningApplication application = RunningApplication.start(
            "channels.websocket { ping-interval = off, write-timeout = 600ms }",
            channels -> channels.websocket("ws/", Trickle::new));

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    /** Sends until a little waits that the kernel does not take, and then ten bytes at a time. */
    private static final class Trickle extends WebSocketConsumer {
        private static final long PAUSE_MILLIS = 25;

        Trickle(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenRun(this::fill);
        }

        private void fill() {
            if (ended().toCompletableFuture().isDone()) {
                return;
            }
            CompletableFuture<Boolean> drained =
                    send(new byte[8 * 1024]).thenCompose(sent -> drained()).toCompletableFuture();
            onTurn(drained.applyToEither(pause(300), either -> drained.isDone()))
                    .thenAccept(this::next);
        }

        private void next(boolean taken) {
            if (taken) {
                fill();
            } else {
                STALLS.add(System.nanoTime());
                trickle();
            }
        }

        private void trickle() {
            if (!ended().toCompletableFuture().isDone()) {
                send(new byte[10]);
                onTurn(pause(PAUSE_MILLIS)).thenRun(this::trickle);
            }
        }

        private static CompletionStage<Boolean> pause(long millis) {
            return CompletableFuture.supplyAsync(
                    () -> true, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            ENDS.add(reason);
            return done();
        }
    }

    @Test
    void abortsAPeerThatReadsNothingHoweverLittleItIsStillSent() throws Exception {
        try (WireClient unread = WireClient.connect(application.port(), "/ws/", Optional.empty())) {
            assertThat(unread.extensions()).isEmpty();
            long stalled = Objects.requireNonNull(STALLS.poll(60, TimeUnit.SECONDS), "everything was taken");
            CloseReason end = Objects.requireNonNull(ENDS.poll(30, TimeUnit.SECONDS), "nothing has ended");

            assertThat(end).isEqualTo(new CloseReason(1013, "write stalled"));
            assertThat(Duration.ofNanos(System.nanoTime() - stalled)).isLessThan(Duration.ofSeconds(2));
        }
    }
}
