package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LocalChannels;

/** The contract over several nodes, before a layer over a network exists. */
final class QueuedLayerTest extends ChannelLayerContract {
    private final AtomicLong clock = new AtomicLong();

    @Override
    protected List<QueuedLayer> newNodes(int count, int capacity, Duration expiry) {
        return QueuedLayer.connect(Stream.generate(() -> new LocalChannels(capacity, expiry, clock::get))
                .limit(count)
                .map(QueuedLayer::new)
                .toList());
    }

    @Override
    protected void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Override
    protected Optional<AutoCloseable> pause(ChannelLayer node) {
        return Optional.of(((QueuedLayer) node).pause());
    }
}
