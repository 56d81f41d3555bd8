package org.pekkochannels.testkit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** A channel that watches the presence of a group, and keeps the state as a receiver does. */
final class PresenceWatcher {
    private final Reader reader;

    PresenceWatcher(LayerNodes nodes, Presence presence, GroupName group) {
        this.reader = nodes.reader(nodes.receiver());
        nodes.done(presence.watch(group, reader.channel));
    }

    private List<Presence.Diff> diffs() {
        return reader.taken.stream()
                .filter(event -> event.type().equals(Presence.EVENT))
                .map(Presence.Diff::of)
                .toList();
    }

    /** How many events it has received. */
    int events() {
        return reader.taken.size();
    }

    /** How often an entry of a key was reported as gone. */
    int leaves(String key) {
        return diffs().stream()
                .mapToInt(diff -> diff.leaves().getOrDefault(key, List.of()).size())
                .sum();
    }

    /** The metas of each key, as JSON, in the order of the text. */
    Map<String, List<String>> state() {
        Map<String, Map<String, String>> state = new TreeMap<>();
        diffs().forEach(diff -> apply(diff, state));
        return state.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().values().stream().sorted().toList()));
    }

    private static void apply(Presence.Diff diff, Map<String, Map<String, String>> state) {
        if (diff.state()) {
            state.clear();
        }
        diff.joins()
                .forEach((key, entries) -> entries.forEach(entry ->
                        state.computeIfAbsent(key, any -> new TreeMap<>()).put(entry.ref(), entry.json())));
        diff.leaves().forEach((key, refs) -> {
            state.computeIfAbsent(key, any -> new TreeMap<>()).keySet().removeAll(refs);
            state.computeIfPresent(key, (any, left) -> left.isEmpty() ? null : left);
        });
    }
}
