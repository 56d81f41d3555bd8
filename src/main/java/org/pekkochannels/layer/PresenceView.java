package org.pekkochannels.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one group as this node sees it: the merged entries of all nodes.
 *
 * <p>Each node is the only writer of its part, so parts need no clocks to be merged. Grace and references are those of the view: when an
 * entry is gone from its part, its slot waits for the grace, and an entry of the same key, in the part of any node, takes it over. Guarded by
 * the lock of {@link LocalPresence}.
 */
final class PresenceView {
    private static final Comparator<PresenceSlot> BY_KEY =
            Comparator.comparing(PresenceSlot::key).thenComparing(PresenceSlot::ref);

    // A key may stand for all guests, and have thousands of slots in their grace.
    private static final int MOST_COMPARED = 64;

    private final NavigableSet<PresenceSlot> slots = new TreeSet<>(BY_KEY);
    // By node and reference in the node's part.
    private final Map<String, Map<String, PresenceSlot>> parts = new HashMap<>(2);
    private final Set<PresenceSlot> changed = new LinkedHashSet<>();
    // In the order of leaving. By key too, for those that enter.
    private final Set<PresenceSlot> leaving = new LinkedHashSet<>();
    private final Map<String, Set<PresenceSlot>> leavingByKey = new HashMap<>();

    /** What a tick sends: slots to join, with their meta in {@link PresenceSlot#sent}, and slots that are gone; both ordered by key. */
    record Changes(List<PresenceSlot> joins, List<PresenceSlot> leaves) {
        boolean isEmpty() {
            return joins.isEmpty() && leaves.isEmpty();
        }
    }

    /** A piece of the state, ordered by key; the last slot is null if no further one follows. */
    record Page(List<PresenceSlot> joins, @Nullable PresenceSlot last) {}

    /** Adds an entry to a node's part, or changes its meta. */
    void put(String node, String ref, String key, byte[] meta) {
        Map<String, PresenceSlot> part = parts.computeIfAbsent(node, any -> new HashMap<>());
        PresenceSlot slot = part.get(ref);
        if (slot == null) {
            slot = slot(key, ref, meta);
            part.put(ref, slot);
        }
        slot.meta = meta;
        changed.add(slot);
    }

    /** Removes an entry from a node's part, if it is there; its grace begins if it was sent. */
    void remove(String node, String ref, long now) {
        Map<String, PresenceSlot> part = parts.get(node);
        PresenceSlot slot = part == null ? null : part.remove(ref);
        if (part != null && part.isEmpty()) {
            parts.remove(node);
        }
        if (slot != null) {
            release(slot, now);
        }
    }

    /** The slots of a node's part, by the references of that node. */
    Map<String, PresenceSlot> part(String node) {
        return parts.getOrDefault(node, Map.of());
    }

    private PresenceSlot slot(String key, String ref, byte[] meta) {
        PresenceSlot free = takeOver(key, meta);
        if (free != null) {
            return free;
        }
        PresenceSlot slot = new PresenceSlot(key, ref, meta);
        // The reference may be in use if its node was lost, another entry took the slot over, and the node came back.
        for (int again = 2; !slots.add(slot); again++) {
            slot = new PresenceSlot(key, ref + "-" + again, meta);
        }
        return slot;
    }

    private @Nullable PresenceSlot takeOver(String key, byte[] meta) {
        Set<PresenceSlot> candidates = leavingByKey.get(key);
        if (candidates == null) {
            return null;
        }
        PresenceSlot free = candidates.stream()
                .limit(MOST_COMPARED)
                .filter(slot -> Arrays.equals(slot.sent, meta))
                .findFirst()
                .orElseGet(() -> candidates.iterator().next());
        stay(free);
        free.owned = true;
        return free;
    }

    private void release(PresenceSlot slot, long now) {
        slot.owned = false;
        if (slot.sent == null) {
            slots.remove(slot);
            changed.remove(slot);
        } else {
            slot.leftAt = now;
            leaving.add(slot);
            leavingByKey
                    .computeIfAbsent(slot.key(), key -> new LinkedHashSet<>(2))
                    .add(slot);
        }
    }

    private void stay(PresenceSlot slot) {
        leaving.remove(slot);
        leavingByKey.computeIfPresent(slot.key(), (key, others) -> {
            others.remove(slot);
            return others.isEmpty() ? null : others;
        });
    }

    /** Ends graces that are over, and returns what has changed since the last call. */
    Changes changes(long now, long grace) {
        List<PresenceSlot> leaves = ended(now, grace);
        List<PresenceSlot> joins = new ArrayList<>();
        for (PresenceSlot slot : changed) {
            if (!Arrays.equals(slot.sent, slot.meta)) {
                slot.sent = slot.meta;
                joins.add(slot);
            }
        }
        changed.clear();
        joins.sort(BY_KEY);
        leaves.sort(BY_KEY);
        return new Changes(joins, leaves);
    }

    private List<PresenceSlot> ended(long now, long grace) {
        List<PresenceSlot> ended = new ArrayList<>();
        Iterator<PresenceSlot> oldest = leaving.iterator();
        for (PresenceSlot slot = next(oldest); slot != null && now - slot.leftAt >= grace; slot = next(oldest)) {
            ended.add(slot);
        }
        for (PresenceSlot slot : ended) {
            stay(slot);
            slots.remove(slot);
            changed.remove(slot);
        }
        return ended;
    }

    private static @Nullable PresenceSlot next(Iterator<PresenceSlot> slots) {
        return slots.hasNext() ? slots.next() : null;
    }

    /** The next piece of what was sent, of about this many bytes, after a slot or from the beginning. */
    Page page(@Nullable PresenceSlot after, int bytes) {
        List<PresenceSlot> page = new ArrayList<>();
        int room = bytes;
        for (PresenceSlot slot : after == null ? slots : slots.tailSet(after, false)) {
            if (room <= 0) {
                return new Page(page, page.get(page.size() - 1));
            }
            if (slot.sent != null) {
                page.add(slot);
                room -= slot.size();
            }
        }
        return new Page(page, null);
    }

    /** Whether another entry with this key fits. One that takes over a slot always does. */
    boolean hasRoom(String key, int most) {
        return slots.size() < most || leavingByKey.containsKey(key);
    }

    /** All slots, ordered by key. */
    Set<PresenceSlot> slots() {
        return slots;
    }

    /** Whether a later tick has something to do. */
    boolean isPending() {
        return !changed.isEmpty() || !leaving.isEmpty();
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }
}
