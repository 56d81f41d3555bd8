package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The database work of a message in a bare loop on as many threads, without any server: what is left to save.
 *
 * <p>First argument {@code jdbi} or {@code jdbc}, then seconds to warm up and to measure. Environment as the servers'.
 */
public final class DatabaseLoop {
    private DatabaseLoop() {}

    /**
     * Prints one line: operations per second, and microseconds of CPU for each.
     *
     * @param args kind of loop, seconds of warm-up, seconds measured
     * @throws Exception when the database fails
     */
    public static void main(String[] args) throws Exception {
        Environment environment = Environment.read();
        MessageStore store = MessageStore.open(environment, args[0]);
        String body = "x".repeat(50);
        run(
                () -> store.insertAndRead(body),
                environment.threads(),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]));
    }

    private static void run(Callable<Saved> work, int threads, int warm, int seconds) throws Exception {
        LongAdder done = new LongAdder();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> repeat(work, done));
        }
        TimeUnit.SECONDS.sleep(warm);
        long cpu = cpuNanos();
        long before = done.sum();
        TimeUnit.SECONDS.sleep(seconds);
        long operations = done.sum() - before;
        double micros = (cpuNanos() - cpu) / 1000.0 / operations;
        System.out.printf("%d per second, %.2f us of CPU each%n", operations / seconds, micros);
        pool.shutdownNow();
    }

    private static void repeat(Callable<Saved> work, LongAdder done) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                work.call();
                done.increment();
            }
        } catch (Exception e) {
            if (!Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
