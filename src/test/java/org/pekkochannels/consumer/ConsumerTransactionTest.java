package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.transaction.Transaction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;

/** A transaction for the whole message, in a blocking consumer. */
class ConsumerTransactionTest extends ConsumerTestSystem {
    private final AtomicInteger runs = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @BeforeEach
    void createsATable() {
        database()
                .useHandle(handle -> handle.execute("create table note (body text)"))
                .toCompletableFuture()
                .join();
    }

    private class Notes extends SyncWebSocketConsumer {
        final SyncGroup all = group("all");

        Notes(ConsumerContext context) {
            super(context);
            on("note", String.class, text -> send("note " + text));
        }

        @Override
        protected void connect() {
            all.add();
            accept();
        }

        @Override
        protected void receive(String text) throws Exception {
            runs.incrementAndGet();
            handle().execute("insert into note values (?)", text);
            all.send("note", text);
            send("stored " + text);
            if (text.startsWith("bad")) {
                throw new IllegalStateException("planted after it has written and sent");
            }
            if (text.startsWith("conflict") && runs.get() == 1) {
                throw new SQLException("planted", "40001");
            }
        }
    }

    private final class AllInTransactions extends Notes {
        AllInTransactions(ConsumerContext context) {
            super(context);
        }

        @Override
        protected Optional<TransactionOptions> transaction() {
            return Optional.of(TransactionOptions.defaults().withAttempts(2));
        }
    }

    private final class OneInATransaction extends Notes {
        OneInATransaction(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            beginTransaction(TransactionOptions.serializable());
            super.receive(text);
        }
    }

    private final class TooLateForATransaction extends Notes {
        TooLateForATransaction(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            send(String.valueOf(handle().isInTransaction()));
            beginTransaction(TransactionOptions.serializable().withAttempts(3));
            super.receive(text);
        }
    }

    public interface Inner extends SqlObject {
        @Transaction
        default void run(Runnable body) {
            body.run();
        }
    }

    private final class WithTransactionsOfItsOwn extends Notes {
        WithTransactionsOfItsOwn(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            say("first");
            for (String part : text.split(", ", -1)) {
                attempt(part);
            }
            say("last");
        }

        private void attempt(String part) {
            try {
                if (part.endsWith("by DAO")) {
                    handle().attach(Inner.class).run(() -> write(part));
                } else {
                    handle().useTransaction(inside -> write(part));
                }
            } catch (IllegalStateException planted) {
                say("caught " + part);
            }
        }

        private void write(String part) {
            handle().execute("insert into note values (?)", part);
            say("wrote " + part);
            if (part.startsWith("bad")) {
                throw new IllegalStateException("planted after it has written and sent");
            }
        }

        private void say(String words) {
            send(words);
            all.send("note", words);
        }
    }

    @Test
    void releasesNothingOfAnInnerTransactionThatRolledBack() {
        Door door = Door.open(kit, WithTransactionsOfItsOwn::new);

        door.tell("bad");

        assertThat(door.next(6))
                .containsExactly("first", "caught bad", "last", "note first", "note caught bad", "note last");
        assertThat(stored()).isZero();
        leave(door);
    }

    @Test
    void releasesInOrderWhatWasSaidInInnerTransactionsThatCommitted() {
        Door door = Door.open(kit, WithTransactionsOfItsOwn::new);

        door.tell("good, bad by DAO, bad, good by DAO");

        assertThat(door.next(6))
                .containsExactly("first", "wrote good", "caught bad by DAO", "caught bad", "wrote good by DAO", "last");
        assertThat(door.next(6))
                .containsExactly(
                        "note first",
                        "note wrote good",
                        "note caught bad by DAO",
                        "note caught bad",
                        "note wrote good by DAO",
                        "note last");
        assertThat(stored()).isEqualTo(2);
        leave(door);
    }

    @Test
    void commitsAndThenReleasesWhatWasSent() {
        Door door = Door.open(kit, AllInTransactions::new);

        door.tell("good");

        assertThat(door.next(2)).containsExactly("stored good", "note good");
        assertThat(stored()).isEqualTo(1);
        leave(door);
    }

    @Test
    void writesAndSendsNothingWhenACallbackOfTheClassThrows() {
        Door door = Door.open(kit, AllInTransactions::new);

        door.tell("bad");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(stored()).isZero();
    }

    @Test
    void writesAndSendsNothingWhenTheCallbackThatAskedThrows() {
        Door door = Door.open(kit, OneInATransaction::new);

        door.tell("good");
        assertThat(door.next(2)).containsExactly("stored good", "note good");
        door.tell("bad");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void writesNothingWhenTheTransactionIsRequestedAfterTheHandle() {
        Door door = Door.open(kit, TooLateForATransaction::new);

        door.tell("good");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(stored()).isZero();
    }

    @Test
    void runsTheWholeMessageAgainAfterAConflict() {
        Door door = Door.open(kit, AllInTransactions::new);

        door.tell("conflict");

        assertThat(door.next(2)).containsExactly("stored conflict", "note conflict");
        assertThat(runs).hasValue(2);
        assertThat(stored()).isEqualTo(1);
        leave(door);
    }

    @Test
    void countsWhatItSaysAsItsTransactionEnds() {
        new ChannelsMetrics(kit.system()).bindTo(registry);
        Door door = Door.open(kit, AllInTransactions::new);

        door.tell("good");
        door.next(2);
        assertThat(counted("released")).isEqualTo(2);
        assertThat(counted("discarded")).isZero();

        runs.set(0);
        door.tell("conflict");
        door.next(2);
        assertThat(counted("released")).isEqualTo(4);
        assertThat(counted("discarded")).as("what the first attempt said").isEqualTo(2);

        door.tell("bad");
        door.awaitStop();
        assertThat(counted("released")).isEqualTo(4);
        assertThat(counted("discarded")).isEqualTo(4);
    }

    @Test
    void countsWhatItSaysInTransactionsOfItsOwn() {
        new ChannelsMetrics(kit.system()).bindTo(registry);
        Door door = Door.open(kit, WithTransactionsOfItsOwn::new);

        door.tell("good, bad by DAO, bad, good by DAO");
        door.next(12);

        assertThat(counted("released")).isEqualTo(4);
        assertThat(counted("discarded")).isEqualTo(4);
        leave(door);
    }

    private double counted(String outcome) {
        return registry.get("channels.consumer.aftercommit." + outcome)
                .functionCounter()
                .count();
    }

    @Test
    void keepsWhatAFailedCallbackWroteInAutocommit() {
        Door door = Door.open(kit, Notes::new);

        door.tell("bad");

        assertThat(((CloseReason) door.next()).code()).isEqualTo(1011);
        door.awaitStop();
        assertThat(stored()).isEqualTo(1);
    }

    private int stored() {
        return database()
                .withHandle(handle -> handle.select("select count(*) from note")
                        .mapTo(int.class)
                        .one())
                .toCompletableFuture()
                .join();
    }

    private static void leave(Door door) {
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
