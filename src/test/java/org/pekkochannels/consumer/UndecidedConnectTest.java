package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Promise 2: a {@code connect()} that has completed without a decision is answered 500 at once. */
class UndecidedConnectTest extends ConsumerTestSystem {
    private final CopyOnWriteArrayList<Integer> disconnects = new CopyOnWriteArrayList<>();

    private class Deciding extends WebSocketConsumer {
        private final Function<Deciding, CompletionStage<?>> connecting;

        Deciding(ConsumerContext context, Function<Deciding, CompletionStage<?>> connecting) {
            super(context);
            this.connecting = connecting;
        }

        @Override
        protected CompletionStage<?> connect() {
            return connecting.apply(this);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            disconnects.add(reason.code());
            return done();
        }

        CompletionStage<Done> nothing() {
            return done();
        }

        CompletionStage<Done> handle(String payload) {
            return send(payload);
        }

        CompletionStage<Done> yes() {
            return accept();
        }
    }

    private Door knock(Function<Deciding, CompletionStage<?>> connecting) {
        return Door.knock(kit, Scope.of("/ws/room/"), context -> new Deciding(context, connecting));
    }

    private void isAnswered500(Door door, RecordedLog log, String method) {
        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
        assertThat(log.await(method)).contains("/ws/room/", "call accept() or refuse()");
    }

    @Test
    void answers500WithClassMethodAndCureInTheLog() {
        try (RecordedLog log = new RecordedLog(ConsumerReport.class.getName())) {
            isAnswered500(knock(Deciding::nothing), log, "Deciding.connect()");
        }
        assertThat(disconnects).containsExactly(1006);
    }

    @Test
    void answers500WhenTheStageCompletesOnAnotherThread() {
        try (RecordedLog log = new RecordedLog(ConsumerReport.class.getName())) {
            isAnswered500(knock(made -> CompletableFuture.runAsync(() -> {})), log, "Deciding.connect()");
        }
        assertThat(disconnects).containsExactly(1006);
    }

    @Test
    @SuppressWarnings("NullAway") // as an application might
    void namesWhatConnectMustReturnWhereItReturnsNull() {
        try (RecordedLog log = new RecordedLog(ConsumerReport.class.getName())) {
            Door door = knock(made -> null);

            assertThat(((Refusal) door.next()).status()).isEqualTo(500);
            door.awaitStop();
            assertThat(log.await("connect() returned null"))
                    .contains("return accept() or refuse(), or a stage that completes after one of them");
        }
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // as an application might
    void namesANullThatAConsumerHandsOver() {
        CopyOnWriteArrayList<Throwable> failures = new CopyOnWriteArrayList<>();
        Door door = knock(made -> {
            failures.add(catchThrowable(() -> made.group((GroupName) null)));
            failures.add(catchThrowable(() -> made.onTurn(null)));
            failures.add(catchThrowable(() -> made.on("t", (Class<String>) null, made::handle)));
            failures.add(catchThrowable(() -> made.on("t", String.class, null)));
            return made.yes();
        });

        assertThat(door.next()).isEqualTo(Acceptance.PLAIN);
        assertThat(failures)
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "the name of a group must not be null",
                        "the stage of onTurn(..) must not be null",
                        "the class of events of type 't' must not be null",
                        "the handler of events of type 't' must not be null");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void answers500ForABlockingConsumerThatDoesNotDecide() {
        try (RecordedLog log = new RecordedLog(ConsumerReport.class.getName())) {
            Door door = Door.knock(kit, Scope.of("/ws/room/"), context -> new SyncWebSocketConsumer(context) {
                @Override
                protected void connect() {}
            });

            isAnswered500(door, log, "UndecidedConnectTest$1.connect()");
        }
    }

    /** The decision waits for the turn when {@code connect()} completes, and comes before the answer. */
    @Test
    void takesADecisionThatAnotherThreadHasAskedForBefore() {
        Door door = knock(made -> {
            CompletableFuture<CompletionStage<Done>> asked = CompletableFuture.supplyAsync(made::yes);
            while (!asked.isDone()) {
                Thread.onSpinWait();
            }
            return made.nothing();
        });

        assertThat(door.next()).isEqualTo(Acceptance.PLAIN);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
        assertThat(disconnects).containsExactly(1000);
    }

    @Test
    void waitsForAStageThatHasNotCompleted() {
        CompletableFuture<String> later = new CompletableFuture<>();
        Door door = knock(made -> later.thenCompose(now -> made.yes()));
        door.awaitTurn();

        later.complete("");

        assertThat(door.next()).isEqualTo(Acceptance.PLAIN);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
