package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What a server, this process and the machine have used until now; immutable. All times in nanoseconds.
 *
 * @param allocatedBytes what the server has allocated
 * @param server CPU time of the server
 * @param self CPU time of this process
 * @param busy CPU time of all processes
 * @param stolen what the machine below took for others
 * @param now when all this was read
 */
record Usage(long allocatedBytes, long server, long self, long busy, long stolen, long now) {
    // The kernel counts in USER_HZ, which is 100 on all common architectures.
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final OperatingSystemMXBean SELF =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    // The allocation first: while the client waits for it, the server finishes what is in flight, at either end of a
    // window alike.
    static Usage of(ServerProcess server) throws IOException {
        long allocatedBytes = server.allocatedBytes();
        // "cpu", then user, nice, system, idle, iowait, irq, softirq, steal.
        long[] ticks = Arrays.stream(
                        Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1))
                .skip(1)
                .mapToLong(Long::parseLong)
                .toArray();
        return new Usage(
                allocatedBytes,
                server.cpuTime().toNanos(),
                SELF.getProcessCpuTime(),
                (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * TICK_NANOS,
                ticks[7] * TICK_NANOS,
                System.nanoTime());
    }

    /** The window between {@code before} and this, in which so many answers were counted. */
    Window since(Usage before, Latencies latencies) {
        double nanos = now - before.now;
        double count = latencies.count();
        return new Window(
                (server - before.server) / 1e3 / count,
                count * 1e9 / nanos,
                latencies.p99Micros(),
                100 * (busy - before.busy - (server - before.server) - (self - before.self)) / nanos,
                100 * (stolen - before.stolen) / nanos,
                (allocatedBytes - before.allocatedBytes) / count);
    }
}
