package org.pekkochannels.layer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a node exchanges with others: numbered deltas of this node and of theirs. Guarded by the lock of {@link LocalPresence}. Layers
 * between nodes use it through {@link PresenceExchange}.
 */
final class PresencePeers {
    private final String node;
    private final LocalPresence presence;
    // Own entries that changed since the last delta, by reference. Collected from the first exchange on.
    private final Map<String, PresenceDelta.Change> unsent = new LinkedHashMap<>();
    private @Nullable Runnable listener;
    private boolean exchanging;
    private boolean announced;
    private long number;
    // The number of the last delta of each other node.
    private final Map<String, Long> known = new HashMap<>();
    // States of which not all parts have arrived, by node.
    private final Map<String, Incomplete> incomplete = new HashMap<>();

    PresencePeers(String node, LocalPresence presence) {
        this.node = node;
        this.presence = presence;
    }

    /** The name of this node. */
    String node() {
        return node;
    }

    /** The parts of a state that have arrived so far. */
    private record Incomplete(long number, int parts, List<PresenceDelta.Change> changes) {
        static final Incomplete NONE = new Incomplete(0, 0, List.of());
    }

    /** Begins to collect changes; the listener is called when the first one waits. */
    void begin(Runnable called) {
        exchanging = true;
        listener = called;
    }

    /** An own entry has changed. */
    void changed(PresenceDelta.Change change) {
        if (exchanging) {
            unsent.put(change.ref(), change);
            announce();
        }
    }

    private void announce() {
        if (listener != null && !announced) {
            announced = true;
            listener.run();
        }
    }

    boolean isUnsent() {
        return !unsent.isEmpty();
    }

    /** What has changed since the last call, of large changes a piece; nothing if the list of changes is empty. */
    PresenceDelta delta() {
        exchanging = true;
        List<PresenceDelta.Change> changes = take();
        announced = !unsent.isEmpty();
        if (!changes.isEmpty()) {
            number++;
        }
        return new PresenceDelta(node, number, false, changes);
    }

    private List<PresenceDelta.Change> take() {
        List<PresenceDelta.Change> taken = new ArrayList<>();
        int size = 0;
        Iterator<PresenceDelta.Change> changes = unsent.values().iterator();
        while (changes.hasNext() && size < PresenceParts.SIZE) {
            PresenceDelta.Change change = changes.next();
            changes.remove();
            taken.add(change);
            size += change.size();
        }
        return taken;
    }

    /** All own entries. It may contain what the next delta contains again, which does no harm. */
    PresenceDelta state() {
        exchanging = true;
        return new PresenceDelta(node, number, true, entries(node));
    }

    /** Takes over a part of what another node sends; returns false if one before it is missing, so that the node's state is needed. */
    boolean receive(PresenceParts.Part part) {
        PresenceDelta delta = part.delta();
        Incomplete before = part.index() == 0 ? Incomplete.NONE : incomplete.remove(delta.node());
        if (before == null
                || before.parts() != part.index()
                || (part.index() > 0 && before.number() != delta.number())) {
            return false;
        }
        if (part.index() == 0 && part.last()) {
            return receive(delta);
        }
        List<PresenceDelta.Change> changes = part.index() == 0 ? new ArrayList<>() : before.changes();
        changes.addAll(delta.changes());
        if (part.last()) {
            return receive(new PresenceDelta(delta.node(), delta.number(), delta.full(), changes));
        }
        incomplete.put(delta.node(), new Incomplete(delta.number(), part.index() + 1, changes));
        return true;
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
        incomplete.remove(gone);
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
