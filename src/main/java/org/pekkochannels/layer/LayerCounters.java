package org.pekkochannels.layer;

import java.util.concurrent.atomic.LongAdder;

/** The counters behind {@link LayerStats}; thread-safe. */
final class LayerCounters {
    final LongAdder sent = new LongAdder();
    final LongAdder arrived = new LongAdder();
    final LongAdder refilled = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder full = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder superseded = new LongAdder();
    final LongAdder unknown = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder listenerFailures = new LongAdder();

    LayerStats with(int channels, int groups, int members) {
        return new LayerStats(
                channels,
                groups,
                members,
                sent.sum(),
                arrived.sum(),
                refilled.sum(),
                delivered.sum(),
                full.sum(),
                expired.sum(),
                superseded.sum(),
                unknown.sum(),
                lost.sum(),
                listenerFailures.sum());
    }
}
