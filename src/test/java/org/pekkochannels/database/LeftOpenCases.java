package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionException;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.concurrent.RunningTurn;

/** What a message leaves in its session by SQL of its own, and the next must not get, on every kind of database. */
abstract class LeftOpenCases extends DeadlineCases {
    /** Changes of a session, and for each a query whose answer they change, or fail. */
    abstract Map<String, String> sessionChanges();

    /** Statements that look like changes, and leave nothing behind. */
    abstract List<String> harmless();

    /** Names a consumer, as its turn does. */
    private record Turn(String description) implements RunningTurn, Executor {
        @Override
        public void execute(Runnable task) {
            task.run();
        }
    }

    @Test
    void losesNoWorkOfTheNextMessageAfterATransactionThatWasLeftOpen() {
        try (RecordedLog log = new RecordedLog(LeftOpen.class.getName())) {
            Database consumers = database.on(new Turn("ChatConsumer.receive(String) on /ws/chat/lobby/"));
            Throwable left = failure(consumers.useHandle(handle -> {
                handle.execute("begin");
                handle.execute("insert into item values (1, 'left')");
            }));
            await(database.useHandle(handle -> handle.execute("insert into item values (2, 'next')")));

            assertThat(left).isInstanceOf(TransactionException.class).hasMessageContaining("transaction");
            assertThat(committed()).containsExactly(2);
            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .startsWith("ChatConsumer.receive(String) on /ws/chat/lobby/ left a transaction open")
                    .contains("use inTransaction(..)");
        }
    }

    private interface Unannotated {}

    @Test
    void tellsACallbackThatBeganATransactionWhatToUseInstead() {
        AtomicInteger rolledBack = new AtomicInteger();

        Throwable left = failure(database.useHandle(handle -> {
            handle.begin();
            handle.afterRollback(rolledBack::incrementAndGet);
            handle.execute("insert into item values (1, 'left')");
        }));

        assertThat(left).hasMessageContaining("use inTransaction(..)").hasNoSuppressedExceptions();
        assertThat(rolledBack).hasValue(1);
        assertThat(committed()).isEmpty();
    }

    @Test
    void saysWhatAnExtensionMustBe() {
        assertThat(failure(database.withExtension(Unannotated.class, extension -> 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Unannotated.class.getName() + ": it must be an interface with methods annotated");
    }

    @Test
    void takesATransactionInSqlThatEndsForWhatItIs() {
        try (RecordedLog log = new RecordedLog(LeftOpen.class.getName())) {
            await(database.useHandle(handle -> {
                handle.execute("begin");
                handle.execute("insert into item values (1, 'kept')");
                handle.execute("commit");
            }));

            assertThat(log.soFar("")).isEmpty();
            assertThat(committed()).containsExactly(1);
        }
    }

    @Test
    void givesNoChangeOfASessionToTheNextMessage() {
        sessionChanges().forEach((change, query) -> {
            String before = answer(query);

            await(database.useHandle(handle -> handle.execute(change)));

            assertThat(answer(query)).as(change).isEqualTo(before);
        });
    }

    @Test
    void warnsOfAChangedSessionOnceForEachCallback() {
        String change = sessionChanges().keySet().iterator().next();
        try (RecordedLog log = new RecordedLog(LeftOpen.class.getName())) {
            for (String path : List.of("/ws/a", "/ws/b")) {
                Database consumers = database.on(new Turn("ChatConsumer.connect() on " + path));
                await(consumers.useHandle(
                        handle -> handle.createBatch().add(change).execute()));
            }

            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .startsWith("ChatConsumer.connect() on /ws/a left its session changed by [")
                    .contains("logged once per callback");
        }
    }

    @Test
    void keepsTheConnectionOfAMessageThatLeavesNothing() {
        try (RecordedLog log = new RecordedLog(LeftOpen.class.getName())) {
            for (String statement : harmless()) {
                await(database.useHandle(
                        handle -> handle.createScript(statement).executeAsSeparateStatements()));
            }
            await(database.useTransaction(handle -> handle.execute("insert into item values (1, 'ink')")));

            assertThat(log.soFar("")).isEmpty();
        }
    }

    private List<Integer> committed() {
        return Jdbi.create(url())
                .withHandle(handle -> handle.select("select item_id from item order by item_id")
                        .mapTo(Integer.class)
                        .list());
    }

    private String answer(String query) {
        return await(database.<String>withHandle(
                handle -> String.valueOf(handle.select(query).mapToMap().list())));
    }
}
