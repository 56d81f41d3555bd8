package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.opentest4j.AssertionFailedError;
import org.pekkochannels.settings.Settings;

/** Runs the parts of a case on several threads at the same time. */
final class Together {
    // A part waits for events, which is bounded; this ends a part that hangs.
    private static final int LONGEST_WAITS = 12;

    /** One thread's part. */
    interface Part {
        void run(int thread) throws Exception;
    }

    private Together() {}

    /** Fails with what the first part fails with. */
    static void run(int threads, Duration patience, Part part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Boolean>> parts = IntStream.range(0, threads)
                    .mapToObj(thread -> (Callable<Boolean>) () -> {
                        part.run(thread);
                        return true;
                    })
                    .toList();
            Duration longest = patience.multipliedBy(LONGEST_WAITS);
            for (Future<Boolean> ended : executor.invokeAll(parts, longest.toNanos(), TimeUnit.NANOSECONDS)) {
                join(ended, longest);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void join(Future<Boolean> ended, Duration longest) throws Exception {
        try {
            ended.get();
        } catch (CancellationException e) {
            throw new AssertionFailedError("a thread of the case did not end within " + Settings.written(longest), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AssertionError failed
                    ? failed
                    : new AssertionFailedError("a thread of the case failed", e.getCause());
        }
    }

    /** Waits for the other threads, so that all do the next step at the same time. */
    static void meet(CyclicBarrier barrier, Duration patience) throws Exception {
        try {
            barrier.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionFailedError(
                    "another thread of the case did not arrive within " + Settings.written(patience), e);
        }
    }
}
