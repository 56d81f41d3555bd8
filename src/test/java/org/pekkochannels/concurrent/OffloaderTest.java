package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OffloaderTest {
    private final List<String> done = new ArrayList<>();
    private final Queue<Runnable> others = new ArrayDeque<>();
    private final Offloader offloader = new Offloader(others::add);

    private void othersWork() {
        for (Runnable task = others.poll(); task != null; task = others.poll()) {
            task.run();
        }
    }

    @Test
    void othersDoAllOfItInItsOrder() {
        offloader.add(() -> done.add("one"));
        offloader.add(() -> done.add("two"));
        assertThat(done).isEmpty();
        assertThat(offloader.isIdle()).isFalse();

        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(offloader.isIdle()).isTrue();
    }

    @Test
    void whatIsGivenWhileOthersWorkComesAfter() {
        offloader.add(() -> offloader.add(() -> done.add("two")));
        offloader.add(() -> done.add("one"));

        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(offloader.isIdle()).isTrue();
    }

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("planted"),
                new AssertionError("planted"),
                new NoClassDefFoundError("planted"),
                new StackOverflowError("planted"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatFailsKeepsNothingFromBeingDone(Throwable failure) {
        try (RecordedLog log = new RecordedLog(Offloader.class.getName())) {
            offloader.add(() -> sneak(failure));
            offloader.add(() -> done.add("after"));

            othersWork();

            assertThat(log.soFar("an offloaded task failed"))
                    .singleElement()
                    .asString()
                    .contains("planted");
        }
        assertThat(done).containsExactly("after");
        assertThat(offloader.isIdle()).isTrue();
    }

    private static void sneak(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void whoGivesDoesItWhereTheExecutorTakesNoMore() {
        List<String> refused = new ArrayList<>(List.of("once"));
        Offloader own = new Offloader(task -> {
            if (!refused.isEmpty()) {
                throw new RejectedExecutionException(refused.remove(0));
            }
            others.add(task);
        });

        own.add(() -> done.add("one"));
        assertThat(done).containsExactly("one");
        assertThat(own.isIdle()).isTrue();
        own.add(() -> done.add("two"));
        assertThat(done).containsExactly("one");
        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(own.isIdle()).isTrue();
    }

    @Test
    void keepsTheOrderWhereManyThreadsWork() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Offloader own = new Offloader(threads);
        CountDownLatch all = new CountDownLatch(1);
        List<Integer> numbers = new ArrayList<>();

        for (int i = 0; i < 100_000; i++) {
            int number = i;
            own.add(() -> numbers.add(number));
        }
        own.add(all::countDown);

        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(numbers).hasSize(100_000).isSorted();
        threads.shutdown();
    }
}
