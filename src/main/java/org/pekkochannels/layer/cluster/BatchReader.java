package org.pekkochannels.layer.cluster;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.LocalChannels;

/**
 * Reads batches, and delivers their events to the channels of this node. What cannot be read or delivered is counted as lost, and a gap. Used by the hub.
 */
final class BatchReader {
    private static final SafeLog LOG = SafeLog.of(BatchReader.class);
    // Which groups are concerned is not known.
    private static final Gap ANY = new Gap(Set.of());

    private final LocalChannels local;
    private final DeliveryQueue queue;

    BatchReader(LocalChannels local, DeliveryQueue queue) {
        this.local = local;
        this.queue = queue;
    }

    /**
     * What a batch says about its node.
     *
     * @param last whether it is the node's last
     * @param names its chosen names, if they have changed
     * @param presence a part of its presence
     * @param asks whether it needs this node's presence again
     */
    record About(boolean last, @Nullable ChosenNames names, Optional<byte[]> presence, boolean asks) {
        static final About NOTHING = new About(false, null, Optional.empty(), false);
    }

    About deliver(EventBatch batch, String from) {
        if (!batch.isKnown()) {
            LOG.warn(
                    "channels.layer: a batch of events from node {} is dropped: its version is '{}', run the same release"
                            + " on all nodes",
                    from,
                    batch.manifest());
            local.missed(ANY, 1);
            return About.NOTHING;
        }
        return deliver(ByteBuffer.wrap(batch.bytes()), from);
    }

    private About deliver(ByteBuffer bytes, String from) {
        int left = 1;
        About about = About.NOTHING;
        try {
            long lost = bytes.getLong();
            byte flags = bytes.get();
            left = bytes.getInt();
            about = about(flags, bytes);
            if (lost > 0) {
                local.missed(ANY, lost);
            }
            while (left > 0) {
                Transfer event = Transfer.read(bytes);
                left--;
                deliver(event, from);
            }
        } catch (Throwable e) { // the next batch must be read
            LOG.error("channels.layer: a batch from node {} cannot be read, and its last events are lost", from, e);
            local.missed(ANY, Math.max(1, left));
        }
        return about;
    }

    private static About about(byte flags, ByteBuffer bytes) {
        ChosenNames names = (flags & BatchWriter.NAMES) == 0 ? null : ChosenNames.read(bytes);
        Optional<byte[]> presence = (flags & BatchWriter.PRESENCE) == 0 ? Optional.empty() : Optional.of(bytes(bytes));
        return new About((flags & BatchWriter.LAST) != 0, names, presence, (flags & BatchWriter.ASKS) != 0);
    }

    private static byte[] bytes(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private void deliver(Transfer event, String from) {
        try {
            Runnable delivery = event.delivery(local);
            if (!queue.mustWait(event)) {
                delivery.run();
            } else if (!queue.add(event, () -> attempt(delivery, event, from))) {
                local.missed(event.gap(), 1);
            }
        } catch (Throwable e) { // the next event must be delivered
            failed(event, from, e);
        }
    }

    private void attempt(Runnable delivery, Transfer event, String from) {
        try {
            delivery.run();
        } catch (Throwable e) { // it would not be counted
            failed(event, from, e);
        }
    }

    private void failed(Transfer event, String from, Throwable e) {
        LOG.error("channels.layer: an event from node {} could not be delivered", from, e);
        local.missed(event.gap(), 1);
    }
}
