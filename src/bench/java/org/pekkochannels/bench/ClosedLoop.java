package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps so many pieces of work under way for some time, each followed by the next, and tells what they cost. */
final class ClosedLoop {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Supplier<? extends CompletionStage<?>> work;
    private final long endNanos;
    private final CountDownLatch ended;
    private final LongAdder done = new LongAdder();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private ClosedLoop(Supplier<? extends CompletionStage<?>> work, long endNanos, int underWay) {
        this.work = work;
        this.endNanos = endNanos;
        this.ended = new CountDownLatch(underWay);
    }

    /** Operations per second, and microseconds of this process's CPU for each. */
    record Cost(double perSecond, double micros) {
        static Cost of(long operations, long nanos, long cpuNanos) {
            return new Cost(operations * 1e9 / nanos, cpuNanos / 1e3 / operations);
        }
    }

    /** Work that goes on elsewhere. */
    static Cost of(int underWay, Duration time, Supplier<? extends CompletionStage<?>> work)
            throws InterruptedException {
        long start = System.nanoTime();
        long cpu = PROCESS.getProcessCpuTime();
        ClosedLoop loop = new ClosedLoop(work, start + time.toNanos(), underWay);
        for (int i = 0; i < underWay; i++) {
            loop.next();
        }
        loop.ended.await();
        Throwable thrown = loop.failure.get();
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
        return Cost.of(loop.done.sum(), System.nanoTime() - start, PROCESS.getProcessCpuTime() - cpu);
    }

    /** Work on the caller's own thread, one piece after another. */
    static Cost inline(Duration time, Runnable work) {
        long start = System.nanoTime();
        long cpu = PROCESS.getProcessCpuTime();
        long operations = 0;
        for (; System.nanoTime() - start < time.toNanos(); operations++) {
            work.run();
        }
        return Cost.of(operations, System.nanoTime() - start, PROCESS.getProcessCpuTime() - cpu);
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private void next() {
        if (System.nanoTime() - endNanos >= 0 || failure.get() != null) {
            ended.countDown();
        } else {
            work.get().whenComplete((result, thrown) -> {
                failure.compareAndSet(null, thrown);
                done.increment();
                next();
            });
        }
    }
}
