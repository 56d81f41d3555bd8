package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.concurrent.ConfinedFuture;

/** A callback that waits for a stage, and so keeps its thread from the one whom the stage may need. */
final class WaitingInCallbackTest {
    private final TestDatabase started =
            TestDatabase.start("channels.database.threads = 1", "channels.databases.reporting.threads = 1");
    private final Database database = started.database;

    @AfterEach
    void leavesNothing() {
        TestDatabase.assertNothingLeft(database);
        started.close();
    }

    static List<Function<Database, CompletionStage<?>>> stages() {
        return List.of(
                same -> same.withHandle(handle -> 1),
                same -> same.useTransaction(handle -> {}),
                same -> same.withLazyHandle(handles -> 1).thenApply(one -> one + 1),
                same -> same.slices(0, (Integer last) -> last, (handle, last) -> List.<Integer>of())
                        .forEach(slice -> CompletableFuture.completedFuture(true)),
                same -> same.batched("rows", 10, WaitingInCallbackTest::itself).add(1));
    }

    private static List<Integer> itself(Object handle, List<Integer> rows) {
        return rows;
    }

    @ParameterizedTest
    @MethodSource("stages")
    void isRefusedWhereTheStageIsOfTheSameDatabase(Function<Database, CompletionStage<?>> stage) {
        CompletableFuture<CompletionStage<?>> waitedFor = new CompletableFuture<>();

        CompletionStage<?> waiting = database.withHandle(handle -> {
            waitedFor.complete(stage.apply(database));
            return waitedFor.join().toCompletableFuture().get(20, TimeUnit.SECONDS);
        });

        assertThat(failure(waiting))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("get(..) on a stage of the same database")
                .hasMessageContaining("use the callback's handle");
        await(waitedFor.join());
    }

    @Test
    void isRefusedToWhatFollowsOnADatabaseThread() {
        CompletableFuture<CompletionStage<Integer>> waitedFor = new CompletableFuture<>();
        CountDownLatch derived = new CountDownLatch(1);
        Executor here = Runnable::run;
        CompletionStage<Integer> waiting = database.on(here)
                .useHandle(handle -> await(derived))
                .thenApply(done -> {
                    waitedFor.complete(database.withHandle(handle -> 1));
                    return waitedFor.join().toCompletableFuture().join();
                });
        derived.countDown();

        assertThat(ConfinedFuture.unwrap(failure(waiting)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("join()");
        await(waitedFor.join());
    }

    @Test
    void isNoWaitingWhereTheStageIsComplete() {
        CompletableFuture<Integer> complete = database.withHandle(handle -> 1).toCompletableFuture();
        await(complete);

        int two = await(database.withHandle(handle -> complete.join() + 1));

        assertThat(two).isEqualTo(2);
    }

    @Test
    void isAllowedForAnotherDatabase() {
        Database reporting = Database.get(started.system, "reporting");

        int two = await(database.withHandle(
                handle -> reporting.withHandle(other -> 1).toCompletableFuture().join() + 1));

        assertThat(two).isEqualTo(2);
        TestDatabase.assertNothingLeft(reporting);
    }

    @Test
    void isAllowedOutsideOfCallbacks() {
        CompletionStage<Done> done = database.useHandle(handle -> {});

        assertThat(done.toCompletableFuture().join()).isEqualTo(Done.done());
    }
}
