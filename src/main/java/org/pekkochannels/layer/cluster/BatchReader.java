package org.pekkochannels.layer.cluster;

import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.LocalChannels;

/** Reads one batch, and delivers its events to the channels of this node. A batch that cannot be read is lost, and a gap. */
final class BatchReader {
    private static final SafeLog LOG = SafeLog.of(BatchReader.class);
    // Which groups are concerned is not known.
    private static final Gap ANY = new Gap(Set.of());

    /**
     * What a batch says about its node.
     *
     * @param last whether it is the node's last
     * @param names its chosen names, if they have changed
     */
    record About(boolean last, @Nullable ChosenNames names) {
        static final About NOTHING = new About(false, null);
    }

    private BatchReader() {}

    static About deliver(EventBatch batch, String from, LocalChannels local) {
        if (!batch.isKnown()) {
            return unreadable(
                    from, "its version is '" + batch.manifest() + "', run the same release on all nodes", local);
        }
        ByteBuffer bytes = ByteBuffer.wrap(batch.bytes());
        try {
            return deliver(bytes, local);
        } catch (RuntimeException e) {
            return unreadable(from, e.toString(), local);
        }
    }

    private static About deliver(ByteBuffer bytes, LocalChannels local) {
        long lost = bytes.getLong();
        byte flags = bytes.get();
        ChosenNames names = (flags & BatchWriter.NAMES) == 0 ? null : ChosenNames.read(bytes);
        if (lost > 0) {
            local.missed(ANY, lost);
        }
        while (bytes.hasRemaining()) {
            Transfer.deliver(bytes, local);
        }
        return new About((flags & BatchWriter.LAST) != 0, names);
    }

    private static About unreadable(String from, String why, LocalChannels local) {
        LOG.warn("channels.layer: a batch of events from node {} is dropped: {}", from, why);
        local.missed(ANY, 1);
        return About.NOTHING;
    }
}
