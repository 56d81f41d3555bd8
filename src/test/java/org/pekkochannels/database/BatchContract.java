package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Rows of many callers in one statement, each with a result or a failure of its own. */
abstract class BatchContract extends BatchWaitingCases {
    /** Adds while the thread is busy, so that all rows are in one batch, and lets it go on. */
    private List<CompletionStage<String>> addAtOnce(Batch<Item, String> batch, Item... items) {
        CompletionStage<?> stuck = stick(database);
        List<CompletionStage<String>> added = Stream.of(items).map(batch::add).toList();
        release.countDown();
        await(stuck);
        return added;
    }

    @Test
    void writesASingleRowAtOnce() {
        assertThat(await(inserts().add(item(1)))).isEqualTo("item 1");

        TestDatabase.assertNothingLeft(database);
        assertThat(countItems()).isEqualTo(1);
    }

    @Test
    void writesRowsThatHaveWaitedTogetherAndGivesEachItsOwnResult() {
        Item[] items = IntStream.range(0, 50).mapToObj(BatchContract::item).toArray(Item[]::new);

        List<CompletionStage<String>> added = addAtOnce(inserts(), items);

        assertThat(added.stream().map(TestDatabase::await))
                .containsExactlyElementsOf(Stream.of(items).map(Item::title).toList());
        assertThat(sizes).containsExactly(50);
        assertThat(countItems()).isEqualTo(50);
    }

    @Test
    void collectsWhileABatchIsUnderWayAndKeepsToTheMost() {
        Batch<Item, String> batch = database.batched("slow items", 4, (handle, rows) -> {
            running.countDown();
            release.await();
            return insert(handle, rows);
        });

        List<CompletionStage<String>> added = new CopyOnWriteArrayList<>(List.of(batch.add(item(0))));
        await(running);
        IntStream.rangeClosed(1, 10).forEach(id -> added.add(batch.add(item(id))));
        assertThat(database.stats().waiting()).isEqualTo(10);
        release.countDown();
        added.forEach(TestDatabase::await);

        assertThat(sizes).containsExactly(1, 4, 4, 2);
    }

    @Test
    void failsOnlyTheRowsThatFailAlone() {
        await(inserts().add(item(7)));
        sizes.clear();

        List<CompletionStage<String>> added =
                addAtOnce(inserts(), item(1), item(2), item(7), item(3), item(1), new Item(4, "x".repeat(51)), item(5));

        for (int good : List.of(0, 1, 3, 6)) {
            assertThat(await(added.get(good))).startsWith("item");
        }
        for (int bad : List.of(2, 4, 5)) {
            assertThat(failure(added.get(bad))).isInstanceOf(UnableToExecuteStatementException.class);
        }
        assertThat(countItems()).isEqualTo(5);
        assertThat(sizes).startsWith(7, 3);
        TestDatabase.assertNothingLeft(database);
    }

    @Test
    void keepsTheOrderOfACallerAndTellsInThatOrder() {
        List<String> told = new CopyOnWriteArrayList<>();
        Batch<Item, String> batch = inserts(database.on(Runnable::run));
        CompletionStage<?> stuck = stick(database);

        List<CompletionStage<?>> added = IntStream.of(1, 2, 2, 3, 4, 4, 5)
                .<CompletionStage<?>>mapToObj(id -> batch.add(item(id))
                        .handle((title, failure) -> told.add(failure == null ? title : "failed " + id)))
                .toList();
        release.countDown();
        added.forEach(TestDatabase::await);
        await(stuck);

        assertThat(told).containsExactly("item 1", "item 2", "failed 2", "item 3", "item 4", "failed 4", "item 5");
    }

    @Test
    void rollsTheWholeBatchBackBeforeItTriesTheHalves() {
        Batch<Item, Integer> batch = database.batched("counted items", MOST, (handle, rows) -> {
            insert(handle, rows.subList(0, 1));
            if (rows.size() > 1) {
                throw new IllegalStateException("only one at a time");
            }
            return List.of(rows.get(0).itemId());
        });
        CompletionStage<?> stuck = stick(database);

        List<CompletionStage<Integer>> added =
                IntStream.range(0, 8).mapToObj(id -> batch.add(item(id))).toList();
        release.countDown();
        await(stuck);

        assertThat(added.stream().map(TestDatabase::await)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(countItems()).isEqualTo(8);
    }

    @Test
    void explainsAFunctionThatDoesNotReturnAResultForEachRow() {
        Batch<Item, String> batch = database.batched("lost items", MOST, (handle, rows) -> List.of());

        assertThat(failure(batch.add(item(1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "batch 'lost items' returned 0 results for 1 row;" + " return one for each, in their order");
    }

    @Test
    void rollsBackWhatResultsThatAreMadeLateFail() {
        Batch<Item, Integer> batch = database.batched("lazy items", MOST, (handle, rows) -> {
            insert(handle, rows);
            return new AbstractList<Integer>() {
                @Override
                public Integer get(int index) {
                    if (rows.get(index).itemId() == 5) {
                        throw new IllegalStateException("planted");
                    }
                    return rows.get(index).itemId();
                }

                @Override
                public int size() {
                    return rows.size();
                }
            };
        });
        CompletionStage<?> stuck = stick(database);

        List<CompletionStage<Integer>> added =
                IntStream.range(0, 8).mapToObj(id -> batch.add(item(id))).toList();
        release.countDown();
        await(stuck);

        assertThat(failure(added.get(5))).hasMessage("planted");
        assertThat(await(added.get(7))).isEqualTo(7);
        assertThat(countItems()).isEqualTo(7);
    }

    @Test
    @SuppressWarnings("NullAway") // What it must not do.
    void explainsAFunctionThatReturnsNull() {
        Batch<Item, String> batch = database.batched("no items", MOST, (handle, rows) -> null);

        assertThat(failure(batch.add(item(1))))
                .hasMessage("batch 'no items' returned null; return one result for each row, in their order");
    }

    @Test
    void isTheSameBatchForAllWhoAskByItsName() {
        CompletionStage<?> stuck = stick(database);
        List<CompletionStage<String>> added =
                IntStream.range(0, 5).mapToObj(id -> inserts().add(item(id))).toList();
        release.countDown();
        await(stuck);
        added.forEach(TestDatabase::await);

        assertThat(sizes).containsExactly(5);
        assertThatThrownBy(() -> database.batched("items", MOST, (handle, rows) -> rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("batch 'items' was created elsewhere");
        assertThatThrownBy(() -> database.batched("none", 0, (handle, rows) -> rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch 'none': maxRows must be from 1 to 10000, was 0");
    }

    @Test
    void completesEachRowOnTheExecutorOfItsCaller() {
        ThreadFactory owned = task -> new Thread(task, "the caller's own");
        ExecutorService owner = Executors.newSingleThreadExecutor(owned);
        CompletionStage<?> stuck = stick(database);

        CompletionStage<String> thread = inserts(database.on(owner))
                .add(item(1))
                .thenApply(title -> Thread.currentThread().getName());
        release.countDown();
        await(stuck);

        assertThat(await(thread)).isEqualTo("the caller's own");
        owner.shutdown();
    }

    @Test
    void completesEachRowInItsCallersLoggingContext() {
        List<String> seen = new CopyOnWriteArrayList<>();
        Batch<Integer, String> batch = database.batched(
                "contexts",
                MOST,
                (handle, rows) -> rows.stream()
                        .map(row -> "in batch " + MDC.get("caller"))
                        .toList());
        CompletionStage<?> stuck = stick(database);

        CompletableFuture<?>[] added = IntStream.range(0, 2)
                .mapToObj(row -> {
                    MDC.put("caller", "caller " + row);
                    return batch.add(row)
                            .thenAccept(result -> seen.add(result + ", then " + MDC.get("caller")))
                            .toCompletableFuture();
                })
                .toArray(CompletableFuture<?>[]::new);
        MDC.clear();
        release.countDown();
        await(stuck);
        await(CompletableFuture.allOf(added));

        assertThat(seen).containsExactlyInAnyOrder("in batch null, then caller 0", "in batch null, then caller 1");
    }
}
