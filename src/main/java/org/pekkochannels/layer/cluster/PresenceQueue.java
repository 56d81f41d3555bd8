package org.pekkochannels.layer.cluster;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.pekkochannels.layer.PresenceExchange;

/**
 * What one node still has to be sent of this node's presence: the whole state first, then changes. Used by the hub only.
 *
 * <p>Nothing is ever lost in it. When the changes exceed the bound, the state is sent again instead.
 */
final class PresenceQueue {
    /** The most bytes of changes that wait. */
    static final int MOST = 1 << 20;

    private final Queue<byte[]> parts = new ArrayDeque<>();
    private long changed;
    private boolean owesState = true;
    private boolean asks;

    /** The node must be sent the state: it is new, or has missed a part. */
    void owesState() {
        parts.clear();
        changed = 0;
        owesState = true;
    }

    /** This node has missed a part of the other one's presence. */
    void ask() {
        asks = true;
    }

    /** Adds changes, unless a state that is yet to be made contains them. */
    void add(List<byte[]> changes) {
        if (!owesState) {
            parts.addAll(changes);
            changed += changes.stream().mapToLong(part -> part.length).sum();
            if (changed > MOST) {
                owesState();
            }
        }
    }

    boolean isWaiting() {
        return owesState || asks || !parts.isEmpty();
    }

    /** The next part. */
    Optional<byte[]> next(PresenceExchange presence) {
        if (owesState) {
            owesState = false;
            parts.addAll(presence.state());
        }
        byte[] part = parts.poll();
        if (parts.isEmpty()) {
            changed = 0;
        }
        return Optional.ofNullable(part);
    }

    boolean takeAsk() {
        boolean asked = asks;
        asks = false;
        return asked;
    }
}
