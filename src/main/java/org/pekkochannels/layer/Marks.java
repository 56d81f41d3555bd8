package org.pekkochannels.layer;

import java.util.HashMap;
import java.util.Map;

/**
 * The marks that wait in one channel among its events, by group. Confined to the channel's lock.
 *
 * <p>A mark takes no slot, so their number is bounded here: a group has one gap at most, and a new membership makes its earlier marks void.
 */
final class Marks {
    private final Map<GroupName, Position> gaps = new HashMap<>(2);
    private final Map<GroupName, Integer> rejoins = new HashMap<>(2);

    /** Returns false if the group has a gap already, before this one. */
    boolean addGap(GroupName group, Position before) {
        return gaps.putIfAbsent(group, before) == null;
    }

    boolean hasGap(GroupName group) {
        return gaps.containsKey(group);
    }

    /** Returns whether the gap still is one: the group may have been left, or joined again. */
    boolean takeGap(GroupName group, Position before) {
        return gaps.remove(group, before);
    }

    void addRejoin(GroupName group) {
        gaps.remove(group);
        rejoins.merge(group, 1, Integer::sum);
    }

    void takeRejoin(GroupName group) {
        rejoins.computeIfPresent(group, (name, marks) -> marks == 1 ? null : marks - 1);
    }

    /** How many memberships of the group have begun whose marks still wait. */
    int rejoins(GroupName group) {
        return rejoins.getOrDefault(group, 0);
    }

    /** Whether what waits before a mark belongs to an earlier membership. */
    boolean isSuperseded(GroupName group) {
        return rejoins.containsKey(group);
    }

    void leave(GroupName group) {
        gaps.remove(group);
    }

    boolean isEmpty() {
        return gaps.isEmpty() && rejoins.isEmpty();
    }
}
