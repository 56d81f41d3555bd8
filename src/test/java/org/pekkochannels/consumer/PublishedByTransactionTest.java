package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.TableLayer;
import org.pekkochannels.metrics.ChannelsMetrics;

/** Promise 20: on a transactional layer the transaction itself writes what is sent after its commit. */
class PublishedByTransactionTest extends ConsumerTestSystem {
    private static final GroupName ALL = new GroupName("all");

    @Override
    String extraConfig() {
        return "channels.layer.type = \"" + TableLayer.class.getName() + "\"";
    }

    @BeforeEach
    void createsTables() {
        await(
                database()
                        .useHandle(
                                handle -> handle.execute(
                                        "create table note (body text unique);"
                                                + " create table published (id bigint generated always as identity, batch int, type text, excluded text)")));
    }

    private TableLayer tables() {
        return (TableLayer) ChannelLayer.get(kit.system());
    }

    private AfterCommit afterCommit() {
        return AfterCommit.of(kit.system());
    }

    private void send(Handle handle, String type) {
        afterCommit().groupSend(handle, ALL, type, "");
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private List<String> published() {
        return await(database()
                .withHandle(handle -> handle.select("select type from published order by id")
                        .mapTo(String.class)
                        .list()));
    }

    private List<String> notes() {
        return await(database()
                .withHandle(handle -> handle.select("select body from note order by body")
                        .mapTo(String.class)
                        .list()));
    }

    private void inTransaction(HandleConsumer<RuntimeException> work) {
        await(database().useTransaction(work));
    }

    private double count(String measure) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(kit.system()).bindTo(registry);
        return registry.get(measure).functionCounter().count();
    }

    @Test
    void writesAllEventsInOneCallInTheirOrderAndRingsOnce() {
        inTransaction(handle -> {
            send(handle, "one");
            handle.execute("insert into note values ('between')");
            send(handle, "two");
        });

        assertThat(published()).containsExactly("one", "two");
        assertThat(tables().bells).hasValue(1);
        assertThat(tables().stats().sent()).as("sent in memory, too").isZero();
        assertThat(count("channels.consumer.aftercommit.published")).isEqualTo(2);
        assertThat(count("channels.consumer.aftercommit.released")).isEqualTo(2);
    }

    @Test
    void writesNothingThatIsRolledBack() {
        assertThatThrownBy(() -> inTransaction(handle -> {
                    send(handle, "lost");
                    throw new IllegalStateException("planted");
                }))
                .hasRootCauseMessage("planted");

        assertThat(published()).isEmpty();
        assertThat(tables().bells).hasValue(0);
        assertThat(count("channels.consumer.aftercommit.discarded")).isEqualTo(1);
    }

    @Test
    void rollsBackAndFailsWithTheCauseWhereTheLayerCannotWrite() {
        SQLException planted = new SQLException("planted", "XX000");
        tables().failures.add(planted);

        assertThatThrownBy(() -> inTransaction(handle -> {
                    handle.execute("insert into note values ('lost')");
                    send(handle, "lost");
                }))
                .hasRootCause(planted);

        assertThat(notes()).isEmpty();
        assertThat(published()).isEmpty();
        assertThat(database().stats().openHandles()).isZero();
    }

    @Test
    void rollsBackForAnErrorOfTheLayerToo() {
        tables().failures.add(new NoClassDefFoundError("planted"));

        assertThatThrownBy(() -> inTransaction(handle -> {
                    handle.execute("insert into note values ('lost')");
                    send(handle, "lost");
                }))
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        inTransaction(handle -> send(handle, "next"));

        assertThat(notes()).isEmpty();
        assertThat(published()).containsExactly("next");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void isTriedAgainAfterAConflictOfTheLayer(String state) {
        tables().failures.add(new SQLException("planted", state));
        AtomicInteger attempts = new AtomicInteger();

        await(database().inTransaction(TransactionOptions.defaults().withAttempts(3), handle -> {
            attempts.incrementAndGet();
            handle.execute("insert into note values ('once')");
            send(handle, "once");
            return 1;
        }));

        assertThat(attempts).hasValue(2);
        assertThat(notes()).containsExactly("once");
        assertThat(published()).containsExactly("once");
    }

    @Test
    void sendsNothingOfATransactionWhoseCommitFailedWithTheNextOneOfTheHandle() {
        tables().failures.add(new SQLException("planted", "XX000"));

        await(database().useHandle(handle -> {
            assertThatThrownBy(() -> handle.useTransaction(first -> send(first, "failed")))
                    .hasRootCauseMessage("planted");
            handle.useTransaction(second -> send(second, "second"));
        }));

        assertThat(published()).containsExactly("second");
    }

    @Test
    void cutsBackToASavepoint() {
        inTransaction(handle -> {
            send(handle, "before");
            handle.savepoint("first");
            send(handle, "cut");
            handle.rollbackToSavepoint("first");
            handle.savepoint("second");
            send(handle, "after");
            handle.releaseSavepoint("second");
        });

        assertThat(published()).containsExactly("before", "after");
        assertThat(count("channels.consumer.aftercommit.discarded")).isEqualTo(1);
    }

    @Test
    void discardsWhatIsUncertainAfterARollBackInSql() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database.Publication")) {
            inTransaction(handle -> {
                handle.execute("savepoint s");
                send(handle, "uncertain");
                handle.execute("rollback to savepoint s");
            });

            assertThat(log.await("by a statement")).contains("rollbackToSavepoint");
        }
        inTransaction(handle -> send(handle, "next"));

        assertThat(published()).containsExactly("next");
        assertThat(count("channels.consumer.aftercommit.discarded")).isEqualTo(1);
    }

    @Test
    void leavesAfterATransactionThatOnlyReads() {
        await(database().inTransaction(TransactionOptions.defaults().forReading(), handle -> {
            send(handle, "read");
            return 1;
        }));

        assertThat(published()).isEmpty();
        assertThat(tables().stats().sent()).isEqualTo(1);
    }

    @Test
    void refusesAnEventThatTheLayerCannotWrite() {
        assertThatThrownBy(() ->
                        inTransaction(handle -> afterCommit().groupSend(handle, ALL, "large", "x".repeat(2000))))
                .hasCauseInstanceOf(EventTooLargeException.class);

        assertThat(published()).isEmpty();
    }

    @Test
    void leavesAfterTheCommitOfAnotherDatabaseAndSaysSoOnce() {
        Jdbi other = Jdbi.create("jdbc:h2:mem:published-other;DB_CLOSE_DELAY=-1");
        try (RecordedLog log = new RecordedLog(AfterCommit.class.getName())) {
            other.useTransaction(handle -> {
                send(handle, "apart");
                send(handle, "apart");
            });

            assertThat(log.soFar("AfterCommit.install(jdbi)")).hasSize(1);
        }

        assertThat(published()).isEmpty();
        assertThat(tables().stats().sent()).isEqualTo(2);
        assertThat(count("channels.consumer.aftercommit.apart")).isEqualTo(2);
    }

    @Test
    void isWrittenByAnInstalledJdbiOfTheApplication() {
        Jdbi own = Jdbi.create(() -> database().jdbi().open().getConnection());
        afterCommit().install(own);
        afterCommit().install(own);
        try (Handle handle = own.open()) {
            handle.useTransaction(transaction -> {
                send(transaction, "kept");
                transaction.savepoint("s");
                send(transaction, "cut");
                transaction.rollbackToSavepoint("s");
            });
        }

        assertThat(published()).containsExactly("kept");
        assertThat(tables().bells).hasValue(1);
    }

    /** Sends in an inner transaction, in one of its own, and without any. */
    private static final class Inner extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        Inner(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            handle().useTransaction(transaction -> {
                transaction.execute("insert into note values (?)", text);
                all.sendAfterCommit(transaction, "inner", text);
                all.sendToOthersAfterCommit(transaction, "others", text);
                transaction.savepoint("s");
                send("cut");
                all.sendAfterCommit(transaction, "cut", text);
                transaction.rollbackToSavepoint("s");
                send("kept");
            });
            all.send("plain", text);
        }
    }

    @Test
    void isWrittenByAnInnerTransactionOfABlockingCallback() {
        Door door = Door.open(kit, Inner::new);

        door.tell("text");

        assertThat(door.next()).isEqualTo("kept");
        assertThat(published()).containsExactly("inner", "others");
        door.leave(org.pekkochannels.protocol.CloseReason.of(1000));
        door.awaitStop();
        assertThat(tables().stats().sent()).as("the plain event").isEqualTo(1);
    }

    /** One transaction for each callback. */
    private static final class Whole extends SyncWebSocketConsumer {
        Whole(ConsumerContext context) {
            super(context);
        }

        @Override
        protected java.util.Optional<TransactionOptions> transaction() {
            return java.util.Optional.of(TransactionOptions.defaults());
        }

        @Override
        protected void receive(String text) {
            handle().execute("insert into note values (?)", text);
            group("all").send("whole", text);
            handle().savepoint("s");
            group("all").send("cut", text);
            handle().rollbackToSavepoint("s");
            send("done");
        }
    }

    @Test
    void isWrittenByTheTransactionOfAWholeCallback() {
        Door door = Door.open(kit, Whole::new);

        door.tell("text");

        assertThat(door.next()).isEqualTo("done");
        assertThat(published()).containsExactly("whole");
        assertThat(notes()).containsExactly("text");
        door.leave(org.pekkochannels.protocol.CloseReason.of(1000));
        door.awaitStop();
    }
}
