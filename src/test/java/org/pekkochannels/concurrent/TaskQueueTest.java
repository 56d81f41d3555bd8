package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TaskQueueTest {
    private static final int THREADS = 4;
    private static final int TASKS = 20_000;

    private final TaskQueue queue = new TaskQueue();
    private final List<Integer> run = new ArrayList<>();

    private TaskQueue.Added add(int number) {
        return queue.add(() -> run.add(number));
    }

    private void runTaken() {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }

    @Test
    void runsTasksInTheirOrder() {
        IntStream.range(0, 5).forEach(this::add);

        queue.take();
        runTaken();

        assertThat(run).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void wakesTheOwnerByTheFirstTaskOnly() {
        assertThat(add(1)).isEqualTo(TaskQueue.Added.WAKE_OWNER);
        assertThat(add(2)).isEqualTo(TaskQueue.Added.WAITS);

        queue.take();
        assertThat(add(3)).isEqualTo(TaskQueue.Added.WAITS);
        runTaken();
        assertThat(queue.finish()).as("finished").isFalse();

        queue.take();
        runTaken();
        assertThat(queue.finish()).as("finished").isTrue();
        assertThat(add(4)).isEqualTo(TaskQueue.Added.WAKE_OWNER);
    }

    @Test
    void takesNoMoreWhileSomeThatWereTakenAreLeft() {
        add(1);
        add(2);
        queue.take();
        Objects.requireNonNull(queue.poll()).run();
        add(3);

        queue.take();
        runTaken();
        assertThat(run).containsExactly(1, 2);
        assertThat(queue.finish()).as("finished").isFalse();
    }

    @Test
    void handsOutAllThatWaitsWhenItIsClosedAndNothingLater() {
        add(1);
        add(2);
        queue.take();
        add(3);
        add(4);

        queue.close();

        assertThat(add(5)).isEqualTo(TaskQueue.Added.CLOSED);
        runTaken();
        assertThat(run).containsExactly(1, 2, 3, 4);
    }

    /** The owner comes when it is woken and never otherwise; a lost wake-up, or a task, would hang here. */
    @Test
    void runsEveryTaskOfManyThreadsInEachThreadsOrder() throws InterruptedException {
        Semaphore wakeUps = new Semaphore(0);
        int[] next = new int[THREADS];
        AtomicInteger misplaced = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(THREADS * TASKS);
        List<Thread> threads = IntStream.range(0, THREADS)
                .mapToObj(thread -> new Thread(() -> IntStream.range(0, TASKS).forEach(number -> {
                    TaskQueue.Added added = queue.add(() -> {
                        misplaced.addAndGet(next[thread]++ == number ? 0 : 1);
                        left.decrementAndGet();
                    });
                    if (added == TaskQueue.Added.WAKE_OWNER) {
                        wakeUps.release();
                    }
                })))
                .toList();
        threads.forEach(Thread::start);

        while (left.get() > 0) {
            wakeUps.acquire();
            do {
                queue.take();
                runTaken();
            } while (!queue.finish());
        }

        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(misplaced).hasValue(0);
        assertThat(wakeUps.availablePermits()).as("wake-ups left").isZero();
    }
}
