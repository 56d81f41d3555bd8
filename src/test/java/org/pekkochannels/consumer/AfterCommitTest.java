package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;

/** What an asynchronous consumer says inside a transaction. */
class AfterCommitTest extends ConsumerTestSystem {
    @BeforeEach
    void createsATable() {
        database()
                .useHandle(handle -> handle.execute("create table note (body text)"))
                .toCompletableFuture()
                .join();
    }

    private static final class Notes extends WebSocketConsumer {
        private final Group all = group("all");

        Notes(ConsumerContext context) {
            super(context);
            on("note", String.class, text -> send("note " + text));
        }

        @Override
        protected CompletionStage<?> connect() {
            return all.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("autocommit")
                    ? database().useHandle(handle -> sendAfterCommit(handle, text))
                    : database()
                            .useTransaction(handle -> {
                                handle.execute("insert into note values (?)", text);
                                sendAfterCommit(handle, "stored " + text);
                                all.sendAfterCommit(handle, "note", text);
                                sendAfterCommit(handle, "told " + text);
                                if (text.equals("bad")) {
                                    throw new IllegalStateException("planted after it has sent");
                                }
                            })
                            .handle((done, failure) -> failure == null ? "committed" : "failed")
                            .thenCompose(this::send);
        }
    }

    @Test
    void leavesWhenTheTransactionHasCommitted() {
        Door door = Door.open(kit, Notes::new);

        door.tell("good");

        assertThat(door.next(4)).containsExactly("stored good", "told good", "committed", "note good");
        leave(door);
    }

    /** Sets a savepoint, and goes back to it. */
    private static final class Regretting extends WebSocketConsumer {
        Regretting(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().useTransaction(handle -> {
                sendAfterCommit(handle, "before");
                handle.savepoint("here");
                sendAfterCommit(handle, "between");
                handle.rollbackToSavepoint("here");
                sendAfterCommit(handle, "after");
            });
        }
    }

    @Test
    void discardsWhatWasSentAfterASavepointThatIsRolledBack() {
        Door door = Door.open(kit, Regretting::new);

        door.tell("go");

        assertThat(door.next(2)).containsExactly("before", "after");
        leave(door);
    }

    /** Does the same in an inner transaction of a blocking callback. */
    private static final class SyncRegretting extends SyncWebSocketConsumer {
        SyncRegretting(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle().useTransaction(inner -> {
                send("before");
                inner.savepoint("here");
                send("between");
                inner.rollbackToSavepoint("here");
                send("after");
            });
        }
    }

    @Test
    void discardsOutputOfABlockingCallbackAfterASavepointThatIsRolledBack() {
        Door door = Door.open(kit, SyncRegretting::new);

        door.tell("go");

        assertThat(door.next(2)).containsExactly("before", "after");
        leave(door);
    }

    /** Sends in an inner transaction, which commits before the callback fails or returns. */
    private static final class SyncNotes extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        SyncNotes(ConsumerContext context) {
            super(context);
            on("note", String.class, text -> send("note " + text));
        }

        @Override
        protected void connect() {
            all.add();
            accept();
        }

        @Override
        protected void receive(String text) {
            handle().useTransaction(inner -> all.sendAfterCommit(inner, "note", text));
            send("returned");
        }
    }

    @Test
    void letsABlockingConsumerSendAnEventAfterTheCommit() {
        Door door = Door.open(kit, SyncNotes::new);

        door.tell("good");

        assertThat(door.next(2)).containsExactlyInAnyOrder("returned", "note good");
        leave(door);
    }

    /** Answers each text with all kinds of messages, if it is stored. */
    private static final class Kinds extends WebSocketConsumer {
        Kinds(ConsumerContext context) {
            super(context);
        }

        private record Stored(String body) {}

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useTransaction(handle -> {
                        handle.execute("insert into note values (?)", text);
                        sendAfterCommit(handle, "text");
                        sendAfterCommit(handle, new byte[] {1, 2});
                        sendJsonAfterCommit(handle, text.equals("no JSON") ? new Object() : new Stored(text));
                    })
                    .handle((done, failure) -> failure == null ? "committed" : "failed")
                    .thenCompose(this::send);
        }
    }

    @Test
    void isTextOrBytesOrJson() {
        Door door = Door.open(kit, Kinds::new);

        door.tell("good");

        assertThat(door.next(4)).containsExactly("text", new byte[] {1, 2}, "{\"body\":\"good\"}", "committed");
        leave(door);
    }

    @Test
    void failsTheTransactionWhereItCannotBeJson() {
        Door door = Door.open(kit, Kinds::new);

        door.tell("no JSON");

        assertThat(door.next()).isEqualTo("failed");
        leave(door);
    }

    @Test
    void neverLeavesWhenTheTransactionIsRolledBack() {
        Door door = Door.open(kit, Notes::new);

        door.tell("bad");
        assertThat(door.next()).isEqualTo("failed");
        door.tell("good");

        assertThat(door.next(4)).containsExactly("stored good", "told good", "committed", "note good");
        leave(door);
    }

    @Test
    void isRefusedWithTheCureWhereThereIsNoTransaction() {
        try (RecordedLog log = new RecordedLog(ConsumerReport.class.getName())) {
            Door door = Door.open(kit, Notes::new);

            door.tell("autocommit");

            assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
            door.awaitStop();
            assertThat(log.await("receive(String)")).contains("use inTransaction instead of withHandle");
        }
    }

    /** Accepts only when it is told to. */
    private static final class Slow extends WebSocketConsumer {
        private final CompletableFuture<String> decision;

        Slow(ConsumerContext context, CompletableFuture<String> decision, CompletableFuture<Slow> self) {
            super(context);
            this.decision = decision;
            self.complete(this);
        }

        @Override
        protected CompletionStage<?> connect() {
            return onTurn(decision).thenCompose(decided -> accept());
        }

        void sendInATransactionOfOthers(Database database) {
            database.useTransaction(handle -> {
                        sendAfterCommit(handle, "text");
                        sendAfterCommit(handle, new byte[] {1, 2});
                    })
                    .toCompletableFuture()
                    .join();
        }
    }

    @Test
    void isDroppedAndCountedWhereTheConsumerHasEnded() {
        CompletableFuture<Slow> self = new CompletableFuture<>();
        Door door = Door.open(kit, context -> new Slow(context, CompletableFuture.completedFuture(""), self));
        leave(door);

        self.join().sendInATransactionOfOthers(database());

        assertThat(count("channels.consumer.calls.dropped")).isEqualTo(2);
        assertThat(door.saidSoFar()).isEmpty();
    }

    @Test
    void failsAloneWhereTheConsumerHasNotAcceptedYet() {
        CompletableFuture<Slow> self = new CompletableFuture<>();
        CompletableFuture<String> decision = new CompletableFuture<>();
        try (RecordedLog log = new RecordedLog(WebSocketConsumer.class.getName())) {
            Door door = Door.knock(kit, Scope.of("/ws/test/"), context -> new Slow(context, decision, self));

            self.join().sendInATransactionOfOthers(database());

            assertThat(log.await("after a commit")).contains("Slow", "connect()", "accept the connection first");
            decision.complete("");
            assertThat(door.next()).isInstanceOf(Acceptance.class);
            assertThat(count("channels.consumer.unhandled")).isEqualTo(2);
            assertThat(count("channels.consumer.failures")).isZero();
            leave(door);
        }
    }

    /** Its transaction has a callback of JDBI that throws, before it sends; the transaction has committed then. */
    private static final class Spoiled extends WebSocketConsumer {
        Spoiled(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useTransaction(handle -> {
                        handle.afterCommit(() -> {
                            throw new IllegalStateException("planted");
                        });
                        sendAfterCommit(handle, "one");
                        sendAfterCommit(handle, "two");
                    })
                    .handle((done, failure) -> failure == null ? "no failure" : "failed")
                    .thenCompose(this::send);
        }
    }

    private static final class SpoiledSync extends SyncWebSocketConsumer {
        SpoiledSync(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            try {
                handle().useTransaction(handle -> {
                    handle.afterCommit(() -> {
                        throw new IllegalStateException("planted");
                    });
                    send("one");
                    send("two");
                });
            } catch (IllegalStateException planted) {
                send("failed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void leavesWhereACallbackOfTheCommitThrows(boolean blocking) {
        Door door = Door.open(kit, blocking ? SpoiledSync::new : Spoiled::new);

        door.tell("go");

        assertThat(door.next(3)).containsExactly("one", "two", "failed");
        assertThat(count("channels.consumer.aftercommit.released")).isEqualTo(2);
        assertThat(count("channels.consumer.aftercommit.discarded")).isZero();
        leave(door);
    }

    @Test
    void isDiscardedWhereACallbackOfTheRollbackThrows() {
        database()
                .useHandle(handle -> {
                    handle.begin();
                    handle.afterRollback(() -> {
                        throw new IllegalStateException("planted");
                    });
                    AfterCommit.of(kit.system())
                            .groupSend(handle, layer(), GroupName.of("note", "all"), Event.of("note", "x"));
                    assertThatThrownBy(handle::rollback).hasMessage("planted");
                    handle.useTransaction(next -> next.execute("insert into note values ('y')"));
                })
                .toCompletableFuture()
                .join();

        assertThat(count("channels.consumer.aftercommit.released")).isZero();
        assertThat(count("channels.consumer.aftercommit.discarded")).isEqualTo(1);
    }

    /** Sends an event in a transaction on the handle; only the transaction may keep it. */
    private WeakReference<Event> sendInATransaction(Handle handle, boolean commits) {
        Event event = Event.of("note", "x");
        handle.begin();
        AfterCommit.of(kit.system()).groupSend(handle, layer(), GroupName.of("note", "all"), event);
        if (commits) {
            handle.commit();
        } else {
            handle.rollback();
        }
        return new WeakReference<>(event);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isNotKeptByTheHandleWhenItsTransactionHasEnded(boolean commits) {
        database()
                .useHandle(handle -> {
                    WeakReference<Event> event = sendInATransaction(handle, commits);
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                    while (event.get() != null) {
                        assertThat(System.nanoTime())
                                .as("time to collect the event")
                                .isLessThan(deadline);
                        System.gc();
                    }
                })
                .toCompletableFuture()
                .join();

        assertThat(count("channels.consumer.aftercommit." + (commits ? "released" : "discarded")))
                .isEqualTo(1);
    }

    private double count(String measure) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(kit.system()).bindTo(registry);
        return registry.get(measure).functionCounter().count();
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
