package org.pekkochannels.bench;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;

/** A member of groups, which counts what it receives. Thread-safe. */
final class LayerMember {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    private final ChannelLayer layer;
    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final Channel channel;

    LayerMember(ChannelLayer layer) {
        this.layer = layer;
        AtomicReference<@Nullable Channel> own = new AtomicReference<>();
        this.channel = layer.newChannel(event -> {
            if (requireNonNull(own.get()).take(event)) {
                received.incrementAndGet();
            }
        });
        own.set(channel);
    }

    void join(String group) {
        layer.groupAdd(group, channel).toCompletableFuture().join();
    }

    /** One more event will be sent. */
    void expect() {
        expected.incrementAndGet();
    }

    /** Fails unless each expected event arrives once. */
    void awaitAll() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        while (received.get() < expected.get() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        if (received.get() != expected.get()) {
            throw new IllegalStateException("received " + received.get() + " events of " + expected.get());
        }
    }
}
