package org.pekkochannels.layer;

import java.util.Set;

/**
 * Events that a layer has lost and could not replay. Immutable.
 *
 * @param groups the groups whose events are missing; empty if events of any group may be
 */
public record Gap(Set<GroupName> groups) {
    /**
     * Copies the groups.
     *
     * @param groups the groups
     */
    public Gap {
        groups = Set.copyOf(groups);
    }

    /**
     * Events of one group.
     *
     * @param group the group
     * @return the gap
     */
    public static Gap of(GroupName group) {
        return new Gap(Set.of(group));
    }

    /**
     * Whether events of a group may be missing.
     *
     * @param group the group
     * @return whether it is one of the groups, or any group is
     */
    public boolean concerns(GroupName group) {
        return groups.isEmpty() || groups.contains(group);
    }
}
