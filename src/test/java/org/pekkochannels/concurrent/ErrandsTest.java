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

final class ErrandsTest {
    private final List<String> done = new ArrayList<>();
    private final Queue<Runnable> others = new ArrayDeque<>();
    private final Errands errands = new Errands(others::add);

    private void othersWork() {
        for (Runnable task = others.poll(); task != null; task = others.poll()) {
            task.run();
        }
    }

    @Test
    void othersDoAllOfItInItsOrder() {
        errands.give(() -> done.add("one"));
        errands.give(() -> done.add("two"));
        assertThat(done).isEmpty();
        assertThat(errands.areDone()).isFalse();

        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(errands.areDone()).isTrue();
    }

    @Test
    void whatIsGivenWhileOthersWorkComesAfter() {
        errands.give(() -> errands.give(() -> done.add("two")));
        errands.give(() -> done.add("one"));

        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(errands.areDone()).isTrue();
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
        try (RecordedLog log = new RecordedLog(Errands.class.getName())) {
            errands.give(() -> sneak(failure));
            errands.give(() -> done.add("after"));

            othersWork();

            assertThat(log.soFar("an errand failed")).singleElement().asString().contains("planted");
        }
        assertThat(done).containsExactly("after");
        assertThat(errands.areDone()).isTrue();
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
        Errands own = new Errands(task -> {
            if (!refused.isEmpty()) {
                throw new RejectedExecutionException(refused.remove(0));
            }
            others.add(task);
        });

        own.give(() -> done.add("one"));
        assertThat(done).containsExactly("one");
        assertThat(own.areDone()).isTrue();
        own.give(() -> done.add("two"));
        assertThat(done).containsExactly("one");
        othersWork();

        assertThat(done).containsExactly("one", "two");
        assertThat(own.areDone()).isTrue();
    }

    @Test
    void keepsTheOrderWhereManyThreadsWork() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Errands own = new Errands(threads);
        CountDownLatch all = new CountDownLatch(1);
        List<Integer> numbers = new ArrayList<>();

        for (int i = 0; i < 100_000; i++) {
            int number = i;
            own.give(() -> numbers.add(number));
        }
        own.give(all::countDown);

        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(numbers).hasSize(100_000).isSorted();
        threads.shutdown();
    }
}
