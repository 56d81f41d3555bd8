package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.Test;

/** Rows that wait for their batch: how many, how long, and until whose end. */
abstract class BatchWaitingCases extends DatabaseFixture {
    static final int MOST = 100;

    final CountDownLatch release = new CountDownLatch(1);
    final CountDownLatch running = new CountDownLatch(1);
    final List<Integer> sizes = new CopyOnWriteArrayList<>();

    /** Writes rows, and returns what was stored. */
    final List<String> insert(Handle handle, List<Item> rows) {
        sizes.add(rows.size());
        PreparedBatch batch = handle.prepareBatch("insert into item (item_id, title) values (:itemId, :title)");
        rows.forEach(row -> batch.bindMethods(row).add());
        if (returnsColumns()) {
            return batch.executePreparedBatch("title").mapTo(String.class).list();
        }
        batch.execute();
        return rows.stream().map(row -> title(handle, row)).toList();
    }

    /** Whether its driver returns other columns of new rows than generated keys. */
    boolean returnsColumns() {
        return true;
    }

    private static String title(Handle handle, Item stored) {
        return handle.select("select title from item where item_id = ?", stored.itemId())
                .mapTo(String.class)
                .one();
    }

    final Batch<Item, String> inserts() {
        return inserts(database);
    }

    final Batch<Item, String> inserts(Database view) {
        return view.batched("items", MOST, this::insert);
    }

    static Item item(int id) {
        return new Item(id, "item " + id);
    }

    /** The only thread is busy until {@link #release}. */
    final CompletionStage<?> stick(Database stuck) {
        CompletionStage<?> stage = stuck.useHandle(handle -> {
            running.countDown();
            release.await();
        });
        await(running);
        return stage;
    }

    @Test
    void refusesRowsOverTheNumberThatMayWait() {
        try (TestDatabase bounded = TestDatabase.start("channels.database { threads = 1, max-waiting = 3 }")) {
            CompletionStage<?> stuck = stick(bounded.database);
            Batch<Integer, Integer> batch = bounded.database.batched("numbers", MOST, (handle, rows) -> rows);

            // A call that waits counts as well: the batch's own.
            List<CompletionStage<Integer>> admitted = List.of(batch.add(1), batch.add(2));
            Throwable refused = failure(batch.add(3));
            release.countDown();
            await(stuck);

            assertThat(refused).isInstanceOfSatisfying(DatabaseOverloadedException.class, overloaded -> {
                assertThat(overloaded.busy()).isEqualTo(1);
                assertThat(overloaded.waiting()).isEqualTo(3);
                assertThat(overloaded.limit()).isEqualTo(3);
            });
            assertThat(admitted.stream().map(TestDatabase::await)).containsExactly(1, 2);
            assertThat(bounded.database.stats().overloaded()).isEqualTo(1);
        }
    }

    @Test
    void refusesRowsWhereNothingMayWait() {
        try (TestDatabase bounded = TestDatabase.start("channels.database { threads = 1, max-waiting = 0 }")) {
            Batch<Integer, Integer> batch = bounded.database.batched("numbers", MOST, (handle, rows) -> rows);

            int alone = await(batch.add(1));
            CompletionStage<?> stuck = stick(bounded.database);
            Throwable refused = failure(batch.add(2));
            release.countDown();
            await(stuck);

            assertThat(alone).isEqualTo(1);
            assertThat(refused).isInstanceOf(DatabaseOverloadedException.class);
        }
    }

    @Test
    void failsRowsThatHaveWaitedTooLongWhileTheThreadIsStuck() {
        try (TestDatabase bounded = TestDatabase.start("channels.database { threads = 1, max-wait = 30ms }")) {
            AtomicInteger written = new AtomicInteger();
            Batch<Integer, Integer> batch = bounded.database.batched("numbers", MOST, (handle, rows) -> {
                written.addAndGet(rows.size());
                return rows;
            });
            CompletionStage<?> stuck = stick(bounded.database);

            List<CompletionStage<Integer>> late = List.of(batch.add(1), batch.add(2));

            for (CompletionStage<Integer> row : late) {
                assertThat(failure(row))
                        .isInstanceOf(DatabaseWaitTimeoutException.class)
                        .hasMessageContaining("channels.database.max-wait");
            }
            release.countDown();
            await(stuck);
            assertThat(await(batch.add(3))).isEqualTo(3);
            assertThat(written).hasValue(1);
        }
    }

    @Test
    void honoursTheTimeThatSingleRowsHave() {
        Batch<Item, String> hasty = inserts(database.within(Duration.ofMillis(30)));
        CompletionStage<?> stuck = stick(database);

        CompletionStage<String> patient = inserts().add(item(1));
        Throwable late = failure(hasty.add(item(2)));
        release.countDown();
        await(stuck);

        assertThat(late).isInstanceOf(DatabaseWaitTimeoutException.class).hasMessageContaining("limit 30 ms (within)");
        assertThat(await(patient)).isEqualTo("item 1");
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void failsEachRowInItsOwnTimeWhileTheThreadIsStuck() {
        CompletionStage<?> stuck = stick(database);
        CompletionStage<String> patient = inserts().add(item(0));

        List<CompletionStage<String>> hasty = IntStream.rangeClosed(1, MOST)
                .mapToObj(id -> inserts(database.within(Duration.ofMillis(2 * (MOST - id) + 1)))
                        .add(item(id)))
                .toList();
        hasty.forEach(row -> assertThat(failure(row)).isInstanceOf(DatabaseWaitTimeoutException.class));
        release.countDown();
        await(stuck);

        assertThat(await(patient)).isEqualTo("item 0");
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void doesNotWriteARowThatItsCallerHasGivenUp() {
        CompletionStage<?> stuck = stick(database);
        List<CompletionStage<String>> added =
                Stream.of(item(1), item(2)).map(inserts()::add).toList();

        added.get(0).toCompletableFuture().cancel(false);
        release.countDown();
        await(stuck);

        assertThat(await(added.get(1))).isEqualTo("item 2");
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void dropsAWaitingRowWhoseEndHasComeAndWritesTheOthers() {
        CompletableFuture<String> end = new CompletableFuture<>();
        CompletionStage<?> stuck = stick(database);
        CompletionStage<String> leaving = inserts(database.cancelledBy(end)).add(item(1));
        CompletionStage<String> staying = inserts().add(item(2));

        end.complete("left");
        Throwable dropped = failure(leaving);
        release.countDown();
        await(stuck);

        assertThat(dropped).isInstanceOf(DatabaseCancelledException.class);
        assertThat(await(staying)).isEqualTo("item 2");
        assertThat(countItems()).isEqualTo(1);
        assertThat(database.stats().cancelled()).isEqualTo(1);
    }

    @Test
    void takesNoRowWhoseEndHasComeBefore() {
        Batch<Item, String> late = inserts(database.cancelledBy(CompletableFuture.completedFuture("left")));

        Throwable dropped = failure(late.add(item(1)));

        assertThat(dropped).isInstanceOf(DatabaseCancelledException.class);
        assertThat(countItems()).isZero();
    }

    @Test
    void writesARowWhoseEndComesWhenItsBatchIsUnderWay() {
        CompletableFuture<String> end = new CompletableFuture<>();
        Batch<Integer, Integer> slow = database.cancelledBy(end).batched("slow", MOST, (handle, rows) -> {
            running.countDown();
            release.await();
            return rows;
        });
        CompletionStage<Integer> written = slow.add(1);
        await(running);

        end.complete("left");
        release.countDown();

        assertThat(await(written)).isEqualTo(1);
        assertThat(database.stats().cancelled()).isZero();
    }

    @Test
    void letsTheRowsItHasTakenEndWhenTheDatabaseStops() {
        CompletionStage<?> stuck = stick(database);
        List<CompletionStage<String>> added = IntStream.range(0, 2 * MOST + 1)
                .mapToObj(id -> inserts().add(item(id)))
                .toList();

        CompletionStage<?> stopped = database.stop();
        Throwable refused = failure(inserts().add(item(-1)));
        release.countDown();
        await(stuck);
        await(stopped);

        assertThat(refused).isInstanceOf(DatabaseClosedException.class);
        assertThat(added.stream().map(TestDatabase::await)).hasSize(2 * MOST + 1);
        assertThat(sizes).containsExactly(MOST, MOST, 1);
    }

    @Test
    void failsRowsThatStillWaitWhenThePatienceOfStoppingIsOver() {
        CompletionStage<?> stuck = stick(database);
        CompletionStage<String> waiting = inserts().add(item(1));

        await(database.stop(Duration.ZERO));
        Throwable refused = failure(waiting);
        release.countDown();
        stuck.toCompletableFuture().handle((done, failure) -> true).join();

        assertThat(refused).isInstanceOf(DatabaseClosedException.class);
    }
}
