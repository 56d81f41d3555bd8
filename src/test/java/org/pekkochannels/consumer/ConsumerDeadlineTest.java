package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.Batch;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.DatabaseTimeoutException;
import org.pekkochannels.database.DatabaseWaitTimeoutException;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** One time for all database calls of a callback. */
class ConsumerDeadlineTest extends ConsumerTestSystem {
    private static final String ENDLESS = "select count(*) from system_range(1, 1000000000000) where mod(\"X\", 3) = 5";

    private final List<String> log = new CopyOnWriteArrayList<>();

    @Override
    String extraConfig() {
        return """
                channels.consumer.deadline = 500ms
                channels.databases.other { url = "jdbc:h2:mem:deadline;DB_CLOSE_DELAY=-1", threads = 1 }
                channels.database.threads = 1
                """;
    }

    // So that no callback's time is spent with opening them.
    @BeforeEach
    void opensTheDatabases() {
        for (Database opened : List.of(database(), Database.get(kit.system(), "other"))) {
            opened.useHandle(handle -> handle.execute("select 1"))
                    .toCompletableFuture()
                    .join();
        }
    }

    private class Hurried extends WebSocketConsumer {
        Hurried(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("quick")
                    ? database()
                            .withHandle(handle ->
                                    handle.select("select 1").mapTo(int.class).one())
                            .thenCompose(one -> send("done"))
                    : useUp().thenCompose(spent -> database("other").useHandle(handle -> log.add("started")));
        }

        final CompletionStage<?> useUp() {
            return database()
                    .withHandle(handle -> handle.execute(ENDLESS))
                    .handle((done, failure) -> log.add(
                            ConfinedFuture.unwrap(failure) instanceof DatabaseTimeoutException e
                                    ? e.limit() + " "
                                            + String.valueOf(e.getMessage()).replaceAll(".* \\(", "(")
                                    : String.valueOf(failure)));
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return database().useHandle(handle -> log.add("disconnect " + reason.code()));
        }
    }

    @Test
    void startsNothingPastTheDeadlineAndClosesWith1013() {
        Door door = Door.open(kit, Hurried::new);

        door.tell("both");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1013);
        door.awaitStop();
        assertThat(log).containsExactly("PT0.5S (channels.consumer.deadline)", "disconnect 1013");
    }

    @Test
    void leavesItToTheConsumerToAnswer() {
        Door door = Door.open(kit, context -> new Hurried(context) {
            @Override
            protected CompletionStage<?> receive(String text) {
                return super.receive(text)
                        .exceptionallyCompose(failure -> send("late: "
                                        + (ConfinedFuture.unwrap(failure) instanceof DatabaseWaitTimeoutException))
                                .thenApply(sent -> null));
            }
        });

        door.tell("both", "quick");

        assertThat(door.next(2)).containsExactly("late: true", "done");
        leave(door);
    }

    @Test
    void boundsTheTimeThatACallWaits() {
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<Done> stuck = database().useHandle(handle -> release.await());
        Door door = Door.open(kit, Hurried::new);

        door.tell("quick");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1013);
        release.countDown();
        stuck.toCompletableFuture().join();
        door.awaitStop();
    }

    @Test
    void boundsABlockingCallback() {
        Door door = Door.open(kit, context -> new SyncWebSocketConsumer(context) {
            @Override
            protected void receive(String text) {
                handle().execute(ENDLESS);
            }

            @Override
            protected void disconnect(CloseReason reason) {
                handle().execute("select 1");
                log.add("disconnect " + reason.code());
            }
        });

        door.tell("go");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(log).containsExactly("disconnect 1011");
    }

    @Test
    void letsAClassHaveATimeOfItsOwnOrNone() {
        Door none = Door.open(kit, context -> new Hurried(context) {
            @Override
            protected Optional<Duration> deadline() {
                return Optional.empty();
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                Database unlimited = database();
                return send("same: " + unlimited.equals(database()));
            }
        });
        Door shorter = Door.open(kit, context -> new Hurried(context) {
            @Override
            protected Optional<Duration> deadline() {
                return Optional.of(Duration.ofMillis(200));
            }

            @Override
            protected CompletionStage<?> receive(String text) {
                return useUp().thenCompose(spent -> send(log.get(0)));
            }
        });

        assertThat(none.tell("go").next()).isEqualTo("same: true");
        assertThat(shorter.tell("go").next()).isEqualTo("PT0.2S (deadline() of the consumer)");
        leave(none);
        leave(shorter);
    }

    private static final class Keeping extends WebSocketConsumer {
        private final Batch<String, String> ofTheConstructor = batch();
        private final Database viewOfTheConstructor = database();
        private Database viewOfConnect = viewOfTheConstructor;
        private Batch<String, String> ofConnect = ofTheConstructor;

        Keeping(ConsumerContext context) {
            super(context);
        }

        private Batch<String, String> batch() {
            return database().batched("kept", 10, (handle, rows) -> rows);
        }

        @Override
        protected CompletionStage<?> connect() {
            viewOfConnect = database();
            ofConnect = batch();
            return accept();
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletionStage<?> work = switch (text) {
                case "endless" -> viewOfTheConstructor.useHandle(handle -> handle.execute(ENDLESS));
                case "view" -> viewOfConnect.useHandle(handle -> handle.execute("select 1"));
                case "row" -> ofConnect.add("row");
                default -> ofTheConstructor.add("row");
            };
            return work.handle((done, failure) -> failure == null ? "done" : String.valueOf(failure.getMessage()))
                    .thenCompose(this::send);
        }
    }

    @Test
    void givesViewsAndBatchesThatAreKeptInFieldsTheTimeOfEachMessage() {
        Door door = Door.open(kit, Keeping::new);

        door.tell("endless", "view", "row");

        assertThat(door.next().toString()).contains("channels.consumer.deadline");
        assertThat(door.next(2)).containsExactly("done", "done");
        leave(door);
    }

    @Test
    void boundsTheTimeThatARowWaitsInABatchMadeByTheConstructor() {
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<Done> stuck = database().useHandle(handle -> release.await());
        Door door = Door.open(kit, Keeping::new);

        door.tell("row of the constructor's batch");

        assertThat(door.next().toString()).contains("channels.consumer.deadline");
        release.countDown();
        stuck.toCompletableFuture().join();
        leave(door);
    }

    private static final class Misjudging extends WebSocketConsumer {
        Misjudging(ConsumerContext context) {
            super(context);
        }

        @Override
        protected Optional<Duration> deadline() {
            return Optional.of(Duration.ofSeconds(-1));
        }
    }

    private static final class Forgetful extends WebSocketConsumer {
        Forgetful(ConsumerContext context) {
            super(context);
        }

        @Override
        @SuppressWarnings("NullAway") // as a consumer that is compiled without it may
        protected Optional<Duration> deadline() {
            return null;
        }
    }

    private static final class Undecided extends SyncWebSocketConsumer {
        Undecided(ConsumerContext context) {
            super(context);
        }

        @Override
        @SuppressWarnings("NullAway") // as above
        protected Optional<TransactionOptions> transaction() {
            return null;
        }
    }

    @Test
    void namesTheMethodThatReturnsABadDeadlineOrTransaction() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.consumer")) {
            refused(Misjudging::new);
            assertThat(log.await("Misjudging.connect()"))
                    .contains("deadline() of the consumer must be longer than zero and at most 24h, was -1s");
            refused(Forgetful::new);
            assertThat(log.await("Forgetful.connect()")).contains("deadline() returned null; return Optional.empty()");
            refused(Undecided::new);
            assertThat(log.await("Undecided.connect()"))
                    .contains("transaction() returned null; return Optional.empty()");
        }
    }

    private void refused(Function<ConsumerContext, Consumer> factory) {
        Door door = Door.knock(kit, Scope.of("/ws/test/"), factory);
        assertThat(((Refusal) door.next()).status()).isEqualTo(500);
        door.awaitStop();
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
