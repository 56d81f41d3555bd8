package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * Fails the run after the last test of a JVM if one of Netty's buffers was not released. JUnit registers it for every class.
 * It needs {@code io.netty.customResourceLeakDetector} to name the {@link RecordingLeakDetector}.
 */
public final class LeakCheck implements BeforeAllCallback {
    private static final String DETECTOR = "io.netty.customResourceLeakDetector";
    private static final String PLANTED = "planted by the check, number ";

    @Override
    public void beforeAll(ExtensionContext context) {
        if (RecordingLeakDetector.class.getName().equals(System.getProperty(DETECTOR))) {
            AutoCloseable atTheEnd = LeakCheck::assertNothingLeaked;
            context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(LeakCheck.class))
                    .getOrComputeIfAbsent(DETECTOR, key -> atTheEnd);
        }
    }

    /** Plants a leak and waits until it is found, twice: what leaked before was found with the first or between them. */
    private static void assertNothingLeaked() {
        for (int number = 1; number <= 2; number++) {
            plant(PLANTED + number);
            awaitReport(PLANTED + number);
        }

        List<String> leaks = RecordingLeakDetector.reports().stream()
                .filter(report -> !report.contains(PLANTED))
                .toList();
        assertThat(leaks).as("leaked buffers").isEmpty();
    }

    private static void plant(String mark) {
        PooledByteBufAllocator.DEFAULT.buffer().touch(mark);
    }

    /** Netty looks for leaks whenever it makes a buffer. */
    private static void awaitReport(String mark) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (RecordingLeakDetector.reports().stream().noneMatch(report -> report.contains(mark))) {
            assertThat(System.nanoTime()).as("time to find the leak %s", mark).isLessThan(deadline);
            System.gc();
            PooledByteBufAllocator.DEFAULT.buffer().release();
        }
    }
}
