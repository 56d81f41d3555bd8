package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches on a real PostgreSQL. */
final class PostgresBatchTest extends BatchContract {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @Override
    String url() {
        return POSTGRES.url();
    }

    /** While the only thread is busy, so that all are in one batch. */
    private static <B> List<CompletionStage<B>> addAtOnce(Database database, Batch<Integer, B> batch, int rows) {
        CountDownLatch release = new CountDownLatch(1);
        CompletionStage<?> stuck = database.useHandle(handle -> release.await());
        List<CompletionStage<B>> added =
                IntStream.range(0, rows).mapToObj(batch::add).toList();
        release.countDown();
        await(stuck);
        return added;
    }

    @Test
    void triesNoRowTwiceWhenTheConnectionIsLost() {
        AtomicInteger runs = new AtomicInteger();
        Batch<Integer, Integer> batch = database.batched("lost", 100, (handle, rows) -> {
            runs.incrementAndGet();
            handle.execute("select pg_terminate_backend(pg_backend_pid())");
            return rows;
        });

        List<CompletionStage<Integer>> added = addAtOnce(database, batch, 10);

        assertThat(added).allSatisfy(row -> assertThat(failure(row)).isInstanceOf(JdbiException.class));
        assertThat(runs).hasValue(1);
        TestDatabase.assertNothingLeft(database);
    }

    @Test
    void failsOnlyTheRowThatWaitsForALockTooLong() {
        await(database.useHandle(handle -> handle.execute("insert into item values (3, 'locked'), (4, 'free')")));
        try (TestDatabase bounded = TestDatabase.start(
                        TestDatabase.url(url()), "channels.database { threads = 1, lock-timeout = 100ms }");
                Handle rival = Jdbi.open(url())) {
            rival.begin().execute("update item set title = 'mine' where item_id = 3");

            List<CompletionStage<Integer>> added = addAtOnce(bounded.database, deletes(bounded.database), 6);

            for (int row = 0; row < 6; row++) {
                if (row == 3) {
                    assertThat(failure(added.get(row)))
                            .isInstanceOf(DatabaseTimeoutException.class)
                            .hasMessageContaining("wait for a lock");
                } else {
                    assertThat(await(added.get(row))).isEqualTo(row);
                }
            }
            rival.rollback();
        }
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void cutsARowOffWhenItsTimeIsOver() {
        await(database.useHandle(handle -> handle.execute("insert into item values (0, 'locked')")));
        Batch<Integer, Integer> hasty = deletes(database.within(Duration.ofMillis(500)));
        try (Handle rival = Jdbi.open(url())) {
            rival.begin().execute("update item set title = 'mine'");

            Throwable late = failure(hasty.add(0));

            assertThat(late).isInstanceOf(DatabaseTimeoutException.class).hasMessageContaining("limit 500 ms (within)");
            assertThat(await(hasty.add(4))).isEqualTo(4);
            rival.rollback();
        }
    }

    private static Batch<Integer, Integer> deletes(Database view) {
        return view.batched("deletes", 100, (handle, rows) -> {
            rows.forEach(row -> handle.execute("delete from item where item_id = ?", row));
            return rows;
        });
    }
}
