package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a layer between nodes transfers so that all nodes have the same presence. Thread-safe. For authors of layers.
 *
 * <p>Each node is the only writer of its entries. It sends their changes to all nodes, as numbered parts, and its whole state to a node that is
 * new or has missed a part. Parts from one node must arrive in the order in which they were made. A part that is received twice has no effect.
 */
public final class PresenceExchange {
    private final LocalPresence presence;

    PresenceExchange(LocalPresence presence) {
        this.presence = presence;
    }

    /**
     * Begins the exchange. Changes are collected from now on, so the layer must take them.
     *
     * @param listener called when changes begin to wait, once until {@link #changes} has taken them; called with a lock held, so it must
     *     neither block nor throw
     */
    public void begin(Runnable listener) {
        presence.begin(requireNonNull(listener, "the listener for changes of a presence must not be null"));
    }

    /**
     * The least time between two transfers of changes.
     *
     * @return that of {@code channels.layer.presence.tick}
     */
    public Duration tick() {
        return presence.tick();
    }

    /**
     * Whether changes wait to be taken.
     *
     * @return whether {@link #changes} would return a part
     */
    public boolean isPending() {
        return presence.isUnsent();
    }

    /**
     * Takes what this node's entries have changed since the last call.
     *
     * @return the parts for all other nodes, each of about 64 KiB at most; empty if nothing has changed
     */
    public List<byte[]> changes() {
        List<byte[]> parts = new ArrayList<>(1);
        for (PresenceDelta delta = presence.delta(); !delta.changes().isEmpty(); delta = presence.delta()) {
            parts.addAll(PresenceParts.write(delta));
        }
        return parts;
    }

    /**
     * All entries of this node, for one other node.
     *
     * @return the parts, at least one, each of about 64 KiB at most; those of later {@link #changes} must follow them
     */
    public List<byte[]> state() {
        return PresenceParts.write(presence.state());
    }

    /**
     * Takes over a part from another node.
     *
     * @param node the node that has sent it
     * @param part the part; fails with {@link IllegalArgumentException} if it is malformed or not of that node
     * @return whether the part was complete; otherwise one before it is missing, and the node's {@link #state} is needed
     */
    public boolean receive(String node, byte[] part) {
        PresenceParts.Part read = PresenceParts.read(requireNonNull(part, "a part of a presence must not be null"));
        if (!read.delta().node().equals(node)) {
            throw new IllegalArgumentException(
                    "a part of the presence of node " + read.delta().node() + " must not come from node " + node);
        }
        return presence.receive(read);
    }

    /**
     * Another node has gone. Its entries leave after the grace, unless their keys enter again.
     *
     * @param node the node
     */
    public void drop(String node) {
        presence.drop(requireNonNull(node, "the node that has gone must not be null"));
    }
}
