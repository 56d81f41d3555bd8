package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

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
    // At one each 25 ms: a dozen within the timeout.
    private static final int TOO_MANY = 100;

    private static final LinkedBlockingQueue<End> ENDS = new LinkedBlockingQueue<>();

    /** How it ended, and how many messages a client that took nothing had been sent by then. */
    private record End(CloseReason reason, int trickled) {}

    private final RunningApplication application = RunningApplication.start(
            "channels.websocket { ping-interval = off, write-timeout = 300ms }",
            channels -> channels.websocket("ws/", Trickle::new));

    @AfterEach
    void endsLeakFree() {
        application.awaitNoConnections();
        application.close();
    }

    /** Sends until a little waits that the kernel does not take, and then ten bytes at a time. */
    private static final class Trickle extends WebSocketConsumer {
        private int trickled;

        Trickle(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenRun(this::fill);
        }

        private void fill() {
            trickled = 0;
            if (!ended().toCompletableFuture().isDone()) {
                CompletableFuture<Boolean> drained =
                        send(new byte[24 * 1024]).thenCompose(sent -> drained()).toCompletableFuture();
                onTurn(drained.applyToEither(pause(150), either -> either)).thenRun(() -> trickle(drained));
            }
        }

        private void trickle(CompletableFuture<Boolean> drained) {
            if (drained.isDone()) {
                fill();
            } else {
                trickled++;
                send(new byte[10]);
                onTurn(pause(25)).thenRun(() -> trickle(drained));
            }
        }

        private static CompletionStage<Boolean> pause(long millis) {
            return CompletableFuture.supplyAsync(
                    () -> true, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            ENDS.add(new End(reason, trickled));
            return done();
        }
    }

    @Test
    void abortsAPeerThatReadsNothingHoweverLittleItIsStillSent() throws Exception {
        try (WireClient unread = WireClient.connect(application.port(), "/ws/", Optional.empty())) {
            assertThat(unread.extensions()).isEmpty();
            End end = Objects.requireNonNull(ENDS.poll(60, TimeUnit.SECONDS), "nothing has ended");

            assertThat(end.reason()).isEqualTo(new CloseReason(1013, "write stalled"));
            assertThat(end.trickled()).isLessThan(TOO_MANY);
        }
    }
}
