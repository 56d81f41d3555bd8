package org.pekkochannels.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LayerContents;

/**
 * What a test has left behind in its application, although all its clients have left: group members, presence entries, actors, threads and timers.
 * Callbacks and handles that are still in use show before, because the application does not become quiet.
 */
final class LeftBehind {
    // Of the library: some exist from the first connection on.
    private static final String OWN_GROUPS = "channels.";

    private final ActorSystem<?> system;
    private final ActivityOwner scheduler;
    private final Map<String, Long> actors;
    private final Map<String, Long> timers;
    private final Set<InGroup> members;
    private final Set<InGroup> present;
    private final List<String> threads;

    private LeftBehind(ActorSystem<?> system, ActivityOwner scheduler) {
        this.system = system;
        this.scheduler = scheduler;
        this.actors = ActorTree.of(system);
        this.timers = timers();
        this.members = entries(contents().members());
        this.present = entries(contents().present());
        this.threads = scheduler.activity().threads().alive();
    }

    /** What exists before a test. */
    static LeftBehind before(ActorSystem<?> system) {
        ActivityOwner scheduler = (ActivityOwner) system.classicSystem().scheduler();
        scheduler.origins().clear();
        return new LeftBehind(system, scheduler);
    }

    /** What exists now, and did not before; a text for each. */
    List<String> now() {
        List<String> left = new ArrayList<>();
        LeftBehind now = new LeftBehind(system, scheduler);
        now.members.stream()
                .filter(entry -> !members.contains(entry))
                .forEach(entry -> left.add("member of " + entry + joined("member", entry)));
        now.present.stream()
                .filter(entry -> !present.contains(entry))
                .forEach(entry -> left.add("presence in " + entry + joined("presence", entry)));
        more(actors, now.actors).forEach((actor, count) -> left.add("actor " + times(actor, count)));
        List<String> started = new ArrayList<>(now.threads);
        threads.forEach(started::remove);
        started.forEach(place -> left.add("thread, created" + place));
        more(timers, now.timers).forEach((code, count) -> left.add("timer of " + times(code, count)));
        return left;
    }

    private String joined(String kind, InGroup entry) {
        String place = scheduler.origins().place(kind, entry.group(), entry.name());
        return place.isEmpty() ? "" : ", added" + place;
    }

    /** A channel or a key in a group. */
    private record InGroup(String group, String name) implements Comparable<InGroup> {
        @Override
        public int compareTo(InGroup other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return "group " + group + ": " + name;
        }
    }

    private static Map<String, Long> more(Map<String, Long> before, Map<String, Long> now) {
        Map<String, Long> more = new TreeMap<>(now);
        before.forEach((name, count) -> more.computeIfPresent(name, (same, all) -> all - count));
        more.values().removeIf(count -> count <= 0);
        return more;
    }

    private static String times(String name, long count) {
        return count == 1 ? name : name + ", " + count + " times";
    }

    private LayerContents contents() {
        return LayerContents.of(ChannelLayer.get(system))
                .orElseGet(() -> new LayerContents(Map.of(), Map.of(), Set.of()));
    }

    private static Set<InGroup> entries(Map<String, List<String>> groups) {
        Set<InGroup> entries = new TreeSet<>();
        groups.forEach((group, names) -> {
            if (!group.startsWith(OWN_GROUPS)) {
                names.forEach(name -> entries.add(new InGroup(group, name)));
            }
        });
        return entries;
    }

    private Map<String, Long> timers() {
        return scheduler instanceof VirtualTime time
                ? time.ofApplication().stream()
                        .collect(Collectors.groupingBy(timer -> timer, HashMap::new, Collectors.counting()))
                : Map.of();
    }
}
