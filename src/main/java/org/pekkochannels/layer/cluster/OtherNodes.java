package org.pekkochannels.layer.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The other nodes to which events can be sent. Thread-safe; changed by the hub only. */
final class OtherNodes {
    private final List<OtherNode> peers = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    void add(OtherNode peer) {
        peers.add(peer);
    }

    void remove(OtherNode peer) {
        peers.remove(peer);
    }

    List<OtherNode> all() {
        return peers;
    }

    Optional<OtherNode> ofNode(String node) {
        return peers.stream().filter(peer -> peer.node().equals(node)).findFirst();
    }

    /** Of the nodes that have channels of a chosen name, the next in turn; empty if it is this node, or none. */
    Optional<OtherNode> next(String name, boolean here) {
        List<OtherNode> having =
                peers.stream().filter(peer -> peer.hasName(name)).toList();
        if (having.isEmpty()) {
            return Optional.empty();
        }
        int index = Math.floorMod(turn.getAndIncrement(), having.size() + (here ? 1 : 0));
        return index < having.size() ? Optional.of(having.get(index)) : Optional.empty();
    }
}
