package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    private int wakeUps;

    private boolean add(int number) {
        return queue.add(() -> run.add(number), () -> wakeUps++);
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
        add(1);
        assertThat(wakeUps).isOne();
        add(2);

        queue.take();
        add(3);
        assertThat(wakeUps).isOne();
        runTaken();
        assertThat(queue.finish()).as("finished").isFalse();

        queue.take();
        runTaken();
        assertThat(queue.finish()).as("finished").isTrue();
        add(4);
        assertThat(wakeUps).isEqualTo(2);
    }

    @Test
    void wakesTheOwnerByTheNextTaskIfTheFirstCouldNot() {
        assertThatThrownBy(() -> queue.add(() -> run.add(1), () -> {
                    throw new StackOverflowError("planted");
                }))
                .isInstanceOf(StackOverflowError.class);

        add(2);

        assertThat(wakeUps).isOne();
        queue.take();
        runTaken();
        assertThat(run).containsExactly(1, 2);
        assertThat(queue.finish()).as("finished").isTrue();
        add(3);
        add(4);
        assertThat(wakeUps).isEqualTo(2);
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

        assertThat(add(5)).isFalse();
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
                    Runnable task = () -> {
                        misplaced.addAndGet(next[thread]++ == number ? 0 : 1);
                        left.decrementAndGet();
                    };
                    queue.add(task, wakeUps::release);
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
