package org.pekkochannels.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What this process has used during some work; immutable. Without the JVM's own threads, so without its collector and its compiler.
 *
 * @param millis how long the work took
 * @param cpuMillis CPU time of all threads
 * @param allocatedBytes what all threads have allocated
 * @param collectionMillis for how long the collector was at work, by its own account
 * @param threads how many threads there were afterwards
 */
record ProcessUsage(double millis, double cpuMillis, long allocatedBytes, long collectionMillis, int threads) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Some work. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    static ProcessUsage during(Work work) throws InterruptedException {
        long cpu = cpu();
        long allocated = allocated();
        long collection = collection();
        long begun = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - begun;
        return new ProcessUsage(
                nanos / 1e6,
                (cpu() - cpu) / 1e6,
                allocated() - allocated,
                collection() - collection,
                THREADS.getThreadCount());
    }

    /** The used bytes of the heap after one collection: with gigabytes in use, each takes seconds. */
    static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    ProcessUsage orFaster(ProcessUsage other) {
        return other.millis < millis ? other : this;
    }

    private static long cpu() {
        return Arrays.stream(THREADS.getThreadCpuTime(THREADS.getAllThreadIds()))
                .filter(nanos -> nanos > 0)
                .sum();
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static long collection() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
