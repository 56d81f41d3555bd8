package org.pekkochannels.layer.cluster;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.pekkochannels.layer.LocalChannels;

/**
 * What senders put into the queues of other nodes, on their threads, and wake the hub for. Thread-safe.
 *
 * <p>The hub is told at most once until it has looked, so its mailbox stays short however much is sent.
 */
final class OutgoingQueues {
    private final OtherNodes peers = new OtherNodes();
    private final LocalChannels local;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile ChosenNames names = ChosenNames.NONE;
    private volatile boolean namesChanged;
    private volatile boolean closed;

    OutgoingQueues(LocalChannels local) {
        this.local = local;
    }

    OtherNodes peers() {
        return peers;
    }

    ChosenNames names() {
        return names;
    }

    /** Whether a channel of this node has a chosen name. */
    boolean hasName(String name) {
        return names.names().contains(name);
    }

    void send(List<OtherNode> to, Supplier<byte[]> event, ActorRef<HubMessage> hub) {
        if (!closed && !to.isEmpty()) {
            byte[] bytes = event.get();
            to.forEach(peer -> peer.queue().add(bytes));
            wake(hub);
        }
    }

    private void wake(ActorRef<HubMessage> hub) {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            hub.tell(HubMessage.Wake.UP);
        }
    }

    /** The hub looks now; what is added later wakes it again. */
    void awake() {
        woken.set(false);
    }

    /** Reads the chosen names again. */
    void namesChanged(ActorRef<HubMessage> hub) {
        synchronized (this) {
            Set<String> now = local.names();
            names = new ChosenNames(names.version() + 1, now);
        }
        namesChanged = true;
        wake(hub);
    }

    /** Whether names have changed since the last call. */
    boolean takeNamesChanged() {
        boolean changed = namesChanged;
        namesChanged = false;
        return changed;
    }

    /** From now on events stay on this node. */
    void close() {
        closed = true;
    }
}
