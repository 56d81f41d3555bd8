package org.pekkochannels.layer.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches: how many events before it were lost, flags, the number of events, and then what the flags announce: the node's chosen names if
 * they have changed, a part of its presence; then the events.
 */
final class BatchWriter {
    static final byte NAMES = 1;
    static final byte LAST = 2;
    static final byte PRESENCE = 4;
    static final byte ASKS = 8;

    private BatchWriter() {}

    /**
     * What a batch carries.
     *
     * @param taken the events
     * @param names the node's chosen names, if they have changed
     * @param presence a part of its presence, if one waits
     * @param asks whether it needs the other node's presence again
     * @param last whether it is the node's last batch
     */
    record Content(
            NodeQueue.Taken taken, @Nullable ChosenNames names, Optional<byte[]> presence, boolean asks, boolean last) {
        private byte flags() {
            return (byte) ((names == null ? 0 : NAMES)
                    | (last ? LAST : 0)
                    | (presence.isPresent() ? PRESENCE : 0)
                    | (asks ? ASKS : 0));
        }

        private int size() {
            return Long.BYTES
                    + 1
                    + Integer.BYTES
                    + (names == null ? 0 : names.size())
                    + presence.map(part -> Integer.BYTES + part.length).orElse(0)
                    + taken.events().stream().mapToInt(event -> event.length).sum();
        }
    }

    static EventBatch write(Content content) {
        List<byte[]> events = content.taken().events();
        ByteBuffer to = ByteBuffer.allocate(content.size());
        to.putLong(content.taken().lost()).put(content.flags()).putInt(events.size());
        if (content.names() != null) {
            content.names().write(to);
        }
        content.presence().ifPresent(part -> to.putInt(part.length).put(part));
        events.forEach(to::put);
        return new EventBatch(EventBatch.MANIFEST, to.array());
    }
}
