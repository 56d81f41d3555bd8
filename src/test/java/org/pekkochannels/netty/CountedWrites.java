package org.pekkochannels.netty;

import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.MessageSizeEstimator;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what channels are given to write: Netty asks once for the size of each piece. Thread-safe. */
final class CountedWrites implements MessageSizeEstimator {
    private final Handle sizes = DefaultMessageSizeEstimator.DEFAULT.newHandle();
    private final AtomicLong count = new AtomicLong();

    long count() {
        return count.get();
    }

    @Override
    public Handle newHandle() {
        return message -> {
            count.incrementAndGet();
            return sizes.size(message);
        };
    }
}
