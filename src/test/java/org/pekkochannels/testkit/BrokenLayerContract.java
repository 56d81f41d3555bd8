package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LocalChannels;

/** The contract, held to a layer with a fault; run by {@link ContractFindsFaultsTest} only. */
final class BrokenLayerContract extends ChannelLayerContract {
    /** The fault of the next run. */
    static volatile Fault fault = Fault.LOSES_AN_EVENT;

    private final AtomicLong clock = new AtomicLong();

    @Override
    protected List<QueuedLayer> newNodes(int count, int capacity, Duration expiry) {
        return QueuedLayer.connect(Stream.generate(() -> new LocalChannels(capacity, expiry, clock::get))
                .limit(count)
                .map(fault.node)
                .toList());
    }

    @Override
    protected List<Integer> nodeCounts() {
        return List.of(2);
    }

    @Override
    protected void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Override
    protected Optional<AutoCloseable> pause(ChannelLayer node) {
        return Optional.of(((QueuedLayer) node).pause());
    }

    // On a slow machine a case may fail for this reason instead of the fault, which is right too.
    @Override
    protected Duration patience() {
        return Duration.ofMillis(100);
    }

    @Override
    protected int rounds() {
        return 200;
    }
}
