package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** What waits is bounded, in number and in time. */
final class DatabaseAdmissionTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger ran = new AtomicInteger();

    @Test
    void refusesWorkOverTheNumberThatMayWait() {
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 2, max-waiting = 3 }")) {
            List<CompletionStage<Integer>> admitted = stick(started.database, 2 + 3);

            Throwable refused = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
            release.countDown();
            admitted.forEach(TestDatabase::await);

            assertThat(refused)
                    .isInstanceOfSatisfying(DatabaseOverloadedException.class, overloaded -> {
                        assertThat(overloaded.threads()).isEqualTo(2);
                        assertThat(overloaded.busy()).isEqualTo(2);
                        assertThat(overloaded.waiting()).isEqualTo(3);
                        assertThat(overloaded.limit()).isEqualTo(3);
                    })
                    .hasMessage("database overloaded: 2 threads busy, 3 waiting (channels.database.max-waiting);"
                            + " add threads or shed load");
            assertThat(refused.getStackTrace()).isEmpty();
            assertThat(started.database.stats().overloaded()).isEqualTo(1);
            assertThat(ran).hasValue(0);
        }
    }

    @Test
    void letsCleanupWaitBeyondTheBoundsAndGoFirst() {
        try (TestDatabase started =
                TestDatabase.start("channels.database { threads = 1, max-waiting = 1, max-wait = 10s }")) {
            List<String> order = new ArrayList<>();
            stick(started.database, 1);
            CompletionStage<Boolean> ordinary = started.database.withHandle(handle -> order.add("ordinary"));
            CompletionStage<Boolean> cleanup = started.database.forCleanup().withHandle(handle -> order.add("cleanup"));

            assertThat(started.database.stats().waiting()).isEqualTo(2);
            release.countDown();
            await(ordinary);
            await(cleanup);

            assertThat(order).containsExactly("cleanup", "ordinary");
        }
    }

    @Test
    void admitsNobodyToWaitWhenToldSo() {
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 1, max-waiting = 0 }")) {
            CompletionStage<Integer> running = stick(started.database, 1).get(0);

            Throwable refused = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
            release.countDown();

            assertThat(refused).isInstanceOf(DatabaseOverloadedException.class);
            assertThat(await(running)).isZero();
        }
    }

    @Test
    void failsWaitingWorkWhenItsTimeIsOverWhileAllThreadsAreStuck() {
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 1, max-wait = 50ms }")) {
            CompletionStage<Integer> running = stick(started.database, 1).get(0);

            Throwable late = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
            Throwable later = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
            release.countDown();
            await(running);

            assertThat(late).isInstanceOfSatisfying(DatabaseWaitTimeoutException.class, timeout -> {
                assertThat(timeout.threads()).isEqualTo(1);
                assertThat(timeout.busy()).isEqualTo(1);
                assertThat(timeout.limit()).isEqualTo(Duration.ofMillis(50));
                assertThat(timeout.waited()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(20));
            });
            assertThat(late).hasMessageContaining("channels.database.max-wait").hasMessageContaining("1 thread busy");
            assertThat(late.getStackTrace()).isEmpty();
            assertThat(later).isInstanceOf(DatabaseWaitTimeoutException.class);
            assertThat(started.database.stats().timedOut()).isEqualTo(2);
        }
        assertThat(ran).hasValue(0);
    }

    /** The timer of its deadline would keep it. */
    @Test
    void keepsNothingOfWorkThatWaitedTooLongAlthoughItsDeadlineIsFar() {
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 1, max-wait = 20ms }")) {
            CompletionStage<Integer> running = stick(started.database, 1).get(0);

            WeakReference<byte[]> used = late(started.database.within(Duration.ofHours(1)));
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (used.get() != null && System.nanoTime() < end) {
                System.gc();
            }

            assertThat(used.get()).isNull();
            release.countDown();
            await(running);
        }
    }

    private static WeakReference<byte[]> late(Database database) {
        byte[] used = new byte[1];
        assertThat(failure(database.withHandle(handle -> used.length)))
                .isInstanceOf(DatabaseWaitTimeoutException.class);
        return new WeakReference<>(used);
    }

    @Test
    void forgetsWorkThatWaitedTooLong() {
        try (TestDatabase started =
                TestDatabase.start("channels.database { threads = 1, max-waiting = 1, max-wait = 20ms }")) {
            CompletionStage<Integer> running = stick(started.database, 1).get(0);

            for (int round = 0; round < 5; round++) {
                Throwable late = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
                assertThat(late).isInstanceOf(DatabaseWaitTimeoutException.class);
                assertThat(started.database.stats().waiting()).isZero();
            }
            release.countDown();

            assertThat(await(running)).isZero();
        }
    }

    @Test
    void startsWaitingWorkInItsOrder() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1")) {
            List<CompletionStage<Integer>> running = stick(started.database, 1);
            List<Integer> order = new ArrayList<>();
            List<CompletionStage<Boolean>> waiting = IntStream.range(0, 50)
                    .mapToObj(number -> started.database.withLazyHandle(handles -> order.add(number)))
                    .toList();

            release.countDown();
            waiting.forEach(TestDatabase::await);
            running.forEach(TestDatabase::await);

            assertThat(order).isEqualTo(IntStream.range(0, 50).boxed().toList());
        }
    }

    @Test
    void doesNotStartWhatItsCallerHasGivenUp() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1")) {
            stick(started.database, 1);
            CompletionStage<Integer> waiting = started.database.withHandle(handle -> ran.incrementAndGet());

            waiting.toCompletableFuture().cancel(false);
            release.countDown();
            await(started.database.useHandle(handle -> {}));
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    void countsAThreadAsFreeBeforeItsResultIsSeen() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1")) {
            Database onTheThread = started.database.on(Runnable::run);

            CompletionStage<Integer> busy = onTheThread
                    .useHandle(handle -> release.await())
                    .thenApply(done -> started.database.stats().busy());
            release.countDown();

            assertThat(await(busy)).isZero();
        }
    }

    @Test
    void sharesItsThreadsWithEveryDatabaseOfTheActorSystem() {
        try (TestDatabase started = TestDatabase.start("channels.database { threads = 1, max-waiting = 0 }")) {
            Database other = Database.of(started.system, started.database.jdbi());
            List<CompletionStage<Integer>> running = stick(started.database, 1);

            Throwable refused = failure(other.withHandle(handle -> ran.incrementAndGet()));
            release.countDown();
            running.forEach(TestDatabase::await);

            assertThat(refused).isInstanceOf(DatabaseOverloadedException.class);
        }
    }

    @Test
    void endsEveryCallOnceHoweverManyCome() {
        try (TestDatabase started =
                TestDatabase.start("channels.database { threads = 3, max-waiting = 20, max-wait = 1ms }")) {
            AtomicInteger refused = new AtomicInteger();

            CompletableFuture<?>[] calls = IntStream.range(0, 20_000)
                    .parallel()
                    .mapToObj(number -> started.database.withLazyHandle(handles -> ran.incrementAndGet()))
                    .map(stage -> stage.exceptionally(failure -> refused.incrementAndGet()))
                    .map(CompletionStage::toCompletableFuture)
                    .toArray(CompletableFuture<?>[]::new);
            await(CompletableFuture.allOf(calls));

            DatabaseStats stats = started.database.stats();
            assertThat(ran.get() + refused.get()).isEqualTo(20_000);
            assertThat(stats.overloaded() + stats.timedOut()).isEqualTo(refused.get());
            TestDatabase.assertNothingLeft(started.database);
        }
    }

    @Test
    void letsWorkEndBeforeItStops() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1")) {
            List<CompletionStage<Integer>> admitted = stick(started.database, 3);

            CompletionStage<Done> stopped = started.database.stop(Duration.ofMinutes(1));
            Throwable refused = failure(started.database.withHandle(handle -> ran.incrementAndGet()));
            started.database.stop(Duration.ofMinutes(1)).toCompletableFuture().complete(Done.done());
            assertThat(stopped.toCompletableFuture()).isNotDone();
            release.countDown();

            assertThat(admitted).extracting(TestDatabase::await).containsExactly(0, 1, 2);
            assertThat(await(stopped)).isEqualTo(Done.done());
            assertThat(refused).isInstanceOf(DatabaseClosedException.class).hasMessageContaining("stopped");
        }
    }

    @Test
    void failsWhatStillWaitsWhenThePatienceIsOver() {
        try (TestDatabase started = TestDatabase.start("channels.database.threads = 1")) {
            List<CompletionStage<Integer>> admitted = stick(started.database, 2);

            CompletionStage<Done> stopped = started.database.stop(Duration.ZERO);

            assertThat(failure(admitted.get(1))).isInstanceOf(DatabaseClosedException.class);
            release.countDown();
            await(stopped);
            await(admitted.get(0));
            TestDatabase.assertNothingLeft(started.database);
        }
    }

    /** Submits callbacks that end when released, and waits until the first runs. */
    private List<CompletionStage<Integer>> stick(Database database, int calls) {
        int threads = database.stats().threads();
        CountDownLatch running = new CountDownLatch(Math.min(calls, threads));
        List<CompletionStage<Integer>> results = IntStream.range(0, calls)
                .mapToObj(number -> database.withLazyHandle(handles -> {
                    running.countDown();
                    await(release);
                    return number;
                }))
                .toList();
        await(running);
        return results;
    }
}
