package org.pekkochannels.database;

import java.util.concurrent.atomic.AtomicInteger;
import org.pekkochannels.metrics.Timing;

/** The handles of one database that are open now: counts them, and times how long each was. Thread-safe. */
final class OpenHandles {
    private final AtomicInteger count = new AtomicInteger();
    private final Timing lifetime;

    OpenHandles(Timing lifetime) {
        this.lifetime = lifetime;
    }

    int count() {
        return count.get();
    }

    void add(MessageHandle handle) {
        count.incrementAndGet();
        if (lifetime != Timing.NONE) {
            handle.openedAt(System.nanoTime());
        }
    }

    void remove(MessageHandle handle) {
        count.decrementAndGet();
        if (lifetime != Timing.NONE) {
            lifetime.record(System.nanoTime() - handle.openedAt());
        }
    }
}
