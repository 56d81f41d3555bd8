package org.pekkochannels.layer.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes batches: how many events before it were lost, whether it is the node's last, the node's chosen names if they have changed, events. */
final class BatchWriter {
    static final byte NAMES = 1;
    static final byte LAST = 2;

    private BatchWriter() {}

    static EventBatch write(NodeQueue.Taken taken, @Nullable ChosenNames names, boolean last) {
        List<byte[]> events = taken.events();
        int size = Long.BYTES + 1 + (names == null ? 0 : names.size());
        ByteBuffer to = ByteBuffer.allocate(
                size + events.stream().mapToInt(event -> event.length).sum());
        to.putLong(taken.lost()).put((byte) ((names == null ? 0 : NAMES) | (last ? LAST : 0)));
        if (names != null) {
            names.write(to);
        }
        events.forEach(to::put);
        return new EventBatch(EventBatch.MANIFEST, to.array());
    }
}
