package org.pekkochannels.layer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** The members of each group that has any. Thread-safe. */
final class GroupTable {
    private static final Channel[] NOBODY = {};

    private final ConcurrentMap<String, Members> groups = new ConcurrentHashMap<>();

    /** The members of a group; the caller must not change the array. */
    Channel[] members(GroupName group) {
        Members members = groups.get(group.value());
        return members == null ? NOBODY : members.snapshot();
    }

    // Both changes are within the map's atomic step, so that a group that ends and one that begins are never confused.
    void add(String group, Channel channel) {
        groups.compute(group, (name, members) -> (members == null ? new Members() : members).with(channel));
    }

    /** Returns whether the group has no members now. */
    boolean remove(String group, Channel channel) {
        return groups.computeIfPresent(group, (name, members) -> members.without(channel)) == null;
    }

    int size() {
        return groups.size();
    }

    /** The names of the channels by that of their group. */
    Map<String, List<String>> names() {
        Map<String, List<String>> names = new TreeMap<>();
        groups.forEach((group, members) -> names.put(
                group, Stream.of(members.snapshot()).map(Channel::name).toList()));
        return names;
    }

    /** The number of memberships of all channels. */
    int memberships() {
        return groups.values().stream().mapToInt(Members::size).sum();
    }
}
