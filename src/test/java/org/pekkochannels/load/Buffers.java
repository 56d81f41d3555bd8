package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Netty's pool of buffers, after its event loops have ended and given back what they kept at hand. */
final class Buffers {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

    private Buffers() {}

    /** Waits until the loops' threads have given all back. */
    static void awaitNoneInUse() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (inUse() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        assertThat(inUse()).as("buffers in use").isZero();
    }

    private static long inUse() {
        return PooledByteBufAllocator.DEFAULT.metric().directArenas().stream()
                .mapToLong(PoolArenaMetric::numActiveAllocations)
                .sum();
    }
}
