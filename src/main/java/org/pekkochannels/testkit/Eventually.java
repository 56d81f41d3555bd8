package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.pekkochannels.concurrent.Ticker;

/** Waits for values that no event announces, such as counters. */
final class Eventually {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Eventually() {}

    /** Reads a value until it is the expected one, or the time is over. */
    static <T> void equal(T expected, Callable<? extends T> actual, Duration atMost, Supplier<String> what) {
        long begin = Ticker.SYSTEM.read();
        T last = read(actual);
        while (!last.equals(expected) && Ticker.SYSTEM.read() - begin < atMost.toNanos()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            last = read(actual);
        }
        assertEquals(expected, last, what);
    }

    private static <T> T read(Callable<? extends T> actual) {
        try {
            return actual.call();
        } catch (Exception e) {
            throw new IllegalStateException("cannot read the value that the case waits for", e);
        }
    }
}
