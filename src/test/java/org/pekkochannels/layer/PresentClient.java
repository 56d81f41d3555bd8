package org.pekkochannels.layer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/** A channel that watches a group, and keeps what it is sent as a client does. */
final class PresentClient implements AutoCloseable {
    private final Queue<Event> waiting = new ArrayDeque<>();
    private final List<Event> events = new ArrayList<>();
    private final Model model = new Model();
    private final Channel channel;
    private final LocalChannels local;

    PresentClient(LocalChannels local) {
        this.local = local;
        this.channel = local.open(waiting::add);
    }

    Channel channel() {
        return channel;
    }

    PresentClient watch(GroupName group) {
        local.presence().watch(group, channel).toCompletableFuture().join();
        return this;
    }

    /** Takes the events that wait, and returns those of them that are to be handled. */
    List<Presence.Diff> take() {
        List<Presence.Diff> diffs = new ArrayList<>();
        for (Event event = waiting.poll(); event != null; event = waiting.poll()) {
            if (channel.take(event)) {
                events.add(event);
                diffs.add(Presence.Diff.of(event));
            }
        }
        diffs.forEach(model::apply);
        return diffs;
    }

    /** What it has: keys, references and the JSON of the meta. */
    Map<String, Map<String, String>> present() {
        return model.present();
    }

    /** The metas of a key, sorted. */
    List<String> metas(String key) {
        return model.present().getOrDefault(key, Map.of()).values().stream()
                .sorted()
                .toList();
    }

    /** The first entry of a key in the joins of a difference. */
    static Presence.Entry joined(Presence.Diff diff, String key) {
        return diff.joins().getOrDefault(key, List.of()).get(0);
    }

    /** The events that it has taken. */
    List<Event> events() {
        return events;
    }

    /** What a list contains, in the form of {@link #present}. */
    static Map<String, Map<String, String>> listed(LocalChannels local, GroupName group) {
        Map<String, Map<String, String>> listed = new TreeMap<>();
        for (Presence.Entry entry :
                local.presence().list(group).toCompletableFuture().join()) {
            listed.computeIfAbsent(entry.key(), key -> new TreeMap<>()).put(entry.ref(), entry.json());
        }
        return listed;
    }

    /** What a client keeps, and how it applies a difference. */
    static final class Model {
        private final Map<String, Map<String, String>> present = new TreeMap<>();

        Map<String, Map<String, String>> present() {
            return present;
        }

        void apply(Presence.Diff diff) {
            if (diff.state()) {
                present.clear();
            }
            diff.joins()
                    .forEach((key, entries) -> entries.forEach(entry ->
                            present.computeIfAbsent(key, any -> new TreeMap<>()).put(entry.ref(), entry.json())));
            diff.leaves()
                    .forEach((key, refs) -> present.computeIfPresent(key, (any, known) -> {
                        known.keySet().removeAll(refs);
                        return known.isEmpty() ? null : known;
                    }));
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
