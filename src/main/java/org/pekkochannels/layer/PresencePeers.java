package org.pekkochannels.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a node exchanges with others: numbered deltas of this node and of theirs. Guarded by the lock of {@link LocalPresence}.
 *
 * <p>A layer between nodes calls {@link LocalPresence#delta} about once a second and sends the result to all. It sends
 * {@link LocalPresence#state} to a node that is new or has missed a delta, and passes on what it receives to {@link LocalPresence#receive}.
 * When a node is gone it calls {@link LocalPresence#drop}.
 */
final class PresencePeers {
    private final String node;
    private final LocalPresence presence;
    // Own entries that changed since the last delta, by reference. Collected from the first exchange on.
    private final Map<String, PresenceDelta.Change> unsent = new LinkedHashMap<>();
    private boolean exchanging;
    private long number;
    // The number of the last delta of each other node.
    private final Map<String, Long> known = new HashMap<>();

    PresencePeers(String node, LocalPresence presence) {
        this.node = node;
        this.presence = presence;
    }

    /** The name of this node. */
    String node() {
        return node;
    }

    /** An own entry has changed. */
    void changed(PresenceDelta.Change change) {
        if (exchanging) {
            unsent.put(change.ref(), change);
        }
    }

    /** What has changed since the last call; nothing if the list of changes is empty. */
    PresenceDelta delta() {
        exchanging = true;
        if (!unsent.isEmpty()) {
            number++;
        }
        PresenceDelta delta = new PresenceDelta(node, number, false, List.copyOf(unsent.values()));
        unsent.clear();
        return delta;
    }

    /** All own entries. It may contain what the next delta contains again, which does no harm. */
    PresenceDelta state() {
        exchanging = true;
        return new PresenceDelta(node, number, true, entries(node));
    }

    /** Takes over what another node sends; returns false if a delta before it is missing, so that the node's state is needed. */
    boolean receive(PresenceDelta delta) {
        Long last = known.get(delta.node());
        if (!delta.full() && (last == null || delta.number() > last + 1)) {
            return false;
        }
        if (last == null || delta.number() > last || (delta.full() && delta.number() == last)) {
            known.put(delta.node(), delta.number());
            apply(delta);
        }
        return true;
    }

    private void apply(PresenceDelta delta) {
        if (delta.full()) {
            Set<String> present =
                    delta.changes().stream().map(PresenceDelta.Change::ref).collect(Collectors.toSet());
            remove(delta.node(), present);
        }
        delta.changes().forEach(change -> presence.apply(delta.node(), change));
    }

    /** A node is gone, and with it its entries. */
    void drop(String gone) {
        known.remove(gone);
        remove(gone, Set.of());
    }

    private void remove(String from, Set<String> present) {
        for (PresenceDelta.Change entry : entries(from)) {
            if (!present.contains(entry.ref())) {
                presence.apply(from, new PresenceDelta.Change(entry.group(), entry.ref(), entry.key(), null));
            }
        }
    }

    private List<PresenceDelta.Change> entries(String of) {
        List<PresenceDelta.Change> entries = new ArrayList<>();
        presence.groups()
                .forEach((name, group) -> group.view()
                        .part(of)
                        .forEach((ref, slot) ->
                                entries.add(new PresenceDelta.Change(name, ref, slot.key(), slot.meta))));
        return entries;
    }
}
