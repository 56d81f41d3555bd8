package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Who may write, and how long others wait meanwhile, on every kind of database. */
abstract class AccessCases extends DatabaseFixture {
    private static final String REFUSAL = "(?i)read.?only";

    /** A query that takes much longer than any test. */
    abstract String endlessQuery();

    /** Whether it refuses to write in a transaction for reading; else that is a hint. */
    boolean refusesToWriteInTransactions() {
        return true;
    }

    /** Whether a read-only database refuses to write in autocommit; else that is a hint. */
    boolean refusesToWriteInAutocommit() {
        return true;
    }

    @Test
    void refusesToWriteInATransactionForReading() {
        CompletionStage<Integer> write =
                database.inTransaction(TransactionOptions.serializable().forReading(), AccessCases::insert);

        assertRefused(write, refusesToWriteInTransactions());
    }

    @Test
    void refusesToWriteWhereItIsReadOnly() {
        try (TestDatabase started = TestDatabase.start(
                TestDatabase.url(url()), "channels.databases.replica { read-only = on, threads = 1 }")) {
            Database replica = Database.get(started.system, "replica");

            assertThat(await(replica.withExtension(Items.class, Items::count))).isZero();
            assertRefused(replica.useTransaction(AccessCases::insert), refusesToWriteInTransactions());
            await(database.useHandle(handle -> handle.execute("delete from item")));
            assertRefused(replica.useHandle(AccessCases::insert), refusesToWriteInAutocommit());
            TestDatabase.assertNothingLeft(replica);
        }
    }

    @Test
    void canWriteAgainAfterATransactionThatReadPastItsDeadline() {
        Throwable late = failure(database.within(Duration.ofMillis(50))
                .inTransaction(TransactionOptions.defaults().forReading(), handle -> handle.execute(endlessQuery())));

        await(database.useHandle(AccessCases::insert));

        assertThat(late).isInstanceOf(DatabaseTimeoutException.class);
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void boundsTheWaitForALock() {
        await(database.useHandle(AccessCases::insert));
        try (TestDatabase bounded =
                        TestDatabase.start(TestDatabase.url(url()), "channels.database.lock-timeout = 100ms");
                Handle rival = Jdbi.open(url())) {
            rival.begin().execute("delete from item");

            Throwable late = failure(bounded.database.useTransaction(handle -> handle.execute("delete from item")));

            assertThat(late)
                    .isInstanceOf(DatabaseTimeoutException.class)
                    .hasMessage("database wait for a lock timed out, limit 100 ms (channels.database.lock-timeout)");
            rival.rollback();
        }
        assertThat(countItems()).isEqualTo(1);
    }

    private void assertRefused(CompletionStage<?> write, boolean refused) {
        Optional<Throwable> failure = outcome(write);

        assertThat(failure.isPresent()).isEqualTo(refused);
        failure.ifPresent(refusal -> assertThat(refusal.getMessage()).containsPattern(REFUSAL));
        assertThat(countItems()).isEqualTo(refused ? 0 : 1);
    }

    private static Optional<Throwable> outcome(CompletionStage<?> stage) {
        return await(stage.handle((value, failure) -> Optional.ofNullable(failure)));
    }

    private static int insert(Handle handle) {
        return handle.execute("insert into item values (1, 'ink')");
    }
}
