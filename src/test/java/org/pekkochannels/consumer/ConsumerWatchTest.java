package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.CloseReason;

/** Turns that hold their thread, callbacks that never end, and handles that are held: each warned of, once. */
class ConsumerWatchTest extends ConsumerTestSystem {
    private static final String WHO = "ConsumerWatchTest$Busy.receive(String) on /ws/test/";

    private final RecordedLog log = new RecordedLog("org.pekkochannels");
    private final AtomicBoolean released = new AtomicBoolean();
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<Busy> made = new CompletableFuture<>();
    private final CountDownLatch done = new CountDownLatch(1);

    @Override
    String extraConfig() {
        return """
                channels.consumer.turn-warning = 40ms
                channels.consumer.warm-up = 0s
                channels.consumer.stage-warning = 40ms
                channels.database.handle-warning = 40ms
                """;
    }

    /** Holds whatever it is told to. */
    private final class Busy extends WebSocketConsumer {
        Busy(ConsumerContext context) {
            super(context);
            made.complete(this);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return switch (text) {
                case "thread" -> holdTheThread();
                case "stage" -> onTurn(answer).thenCompose(this::send);
                case "handle" ->
                    database()
                            .withHandle(handle -> done.await(20, TimeUnit.SECONDS))
                            .thenCompose(yes -> send("done"));
                default -> send(text);
            };
        }

        private CompletionStage<?> holdTheThread() {
            while (!released.get()) {
                Thread.onSpinWait();
            }
            return send("released");
        }
    }

    /** As a thread leaves a stage that had no stack left for what depends on it. */
    private static final class Unheard extends CompletableFuture<String> {
        private boolean heard;

        @Override
        public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
            CompletableFuture<String> observer = heard ? super.whenComplete(action) : new CompletableFuture<>();
            heard = true;
            return observer;
        }
    }

    @Test
    void settlesACallbackWhoseStageIsCompleteWithoutTheTurnsKnowing() {
        Unheard stage = new Unheard();
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return text.equals("wait") ? stage : send(text);
            }
        });
        door.tell("wait", "next");
        door.awaitTurn();

        stage.complete("");

        assertThat(door.next()).isEqualTo("next");
        leave(door);
    }

    @Test
    void warnsOnceOfATurnThatHoldsItsThread() {
        Door door = Door.open(kit, Busy::new);

        door.tell("thread");
        String warning = log.await(WHO + " has occupied its thread for 40 ms");
        Door other = Door.open(kit, Busy::new);
        other.tell("thread");
        log.await(WHO + " has occupied its thread for 40 ms");
        released.set(true);

        assertThat(warning)
                .startsWith(WHO)
                .contains("channels.consumer.turn-warning")
                .contains("org.pekkochannels.consumer.ConsumerWatchTest$Busy.holdTheThread")
                .contains("default-dispatcher");
        assertThat(door.next()).isEqualTo("released");
        assertThat(other.next()).isEqualTo("released");
        assertThat(log.soFar(WHO + " has occupied")).as("one for each turn").hasSize(2);
        assertThat(ConsumerStats.get(kit.system()).heldTurns()).isGreaterThanOrEqualTo(2);
        leave(door);
        leave(other);
    }

    @Test
    void warnsOnceOfAStageThatDoesNotComplete() {
        Door door = Door.open(kit, Busy::new);
        Door other = Door.open(kit, Busy::new);

        door.tell("stage");
        String warning = log.await(WHO + " has not completed after 40 ms");
        other.tell("handle");
        log.await(WHO + " has not completed after 40 ms");
        answer.complete("answered");
        done.countDown();

        assertThat(warning).startsWith(WHO).contains("channels.consumer.stage-warning");
        assertThat(door.next()).isEqualTo("answered");
        assertThat(other.next()).isEqualTo("done");
        assertThat(log.soFar(WHO + " has not completed"))
                .as("one for each callback")
                .hasSize(2);
        assertThat(ConsumerStats.get(kit.system()).lateStages()).isGreaterThanOrEqualTo(2);
        leave(door);
        leave(other);
    }

    @Test
    void namesTheConsumerThatHoldsAHandle() {
        Door door = Door.open(kit, Busy::new);

        door.tell("handle");
        String warning = log.await("has had a handle open for 40 ms");
        done.countDown();

        assertThat(warning).startsWith(WHO);
        assertThat(door.next()).isEqualTo("done");
        leave(door);
    }

    @Test
    void namesTheConsumerWhoseHandleAnotherThreadHasAskedFor() {
        Door door = Door.open(kit, Busy::new);

        CompletionStage<?> call = made.join().database().withHandle(handle -> done.await(20, TimeUnit.SECONDS));
        String warning = log.await("has had a handle open for 40 ms");
        done.countDown();

        assertThat(warning).startsWith("ConsumerWatchTest$Busy.").contains(" on /ws/test/ has had");
        assertThat(call).succeedsWithin(Duration.ofSeconds(20));
        leave(door);
    }

    private void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        log.close();
    }
}
