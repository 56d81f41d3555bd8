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
    private final Set<String> members;
    private final Set<String> present;
    private final List<String> threads;

    private LeftBehind(ActorSystem<?> system, ActivityOwner scheduler) {
        this.system = system;
        this.scheduler = scheduler;
        this.actors = ActorTree.of(system);
        this.timers = timers();
        this.members = names("group ", contents().members());
        this.present = names("group ", contents().present());
        this.threads = scheduler.activity().threads().alive();
    }

    /** What exists before a test. */
    static LeftBehind before(ActorSystem<?> system) {
        return new LeftBehind(system, (ActivityOwner) system.classicSystem().scheduler());
    }

    /** What exists now, and did not before; a text for each. */
    List<String> now() {
        List<String> left = new ArrayList<>();
        LeftBehind now = before(system);
        now.members.stream().filter(name -> !members.contains(name)).forEach(name -> left.add("member of " + name));
        now.present.stream().filter(name -> !present.contains(name)).forEach(name -> left.add("presence in " + name));
        more(actors, now.actors).forEach((actor, count) -> left.add("actor " + times(actor, count)));
        List<String> started = new ArrayList<>(now.threads);
        threads.forEach(started::remove);
        started.forEach(place -> left.add("thread, created" + place));
        more(timers, now.timers).forEach((code, count) -> left.add("timer of " + times(code, count)));
        return left;
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

    private static Set<String> names(String prefix, Map<String, List<String>> groups) {
        Set<String> names = new TreeSet<>();
        groups.forEach((group, all) -> {
            if (!group.startsWith(OWN_GROUPS)) {
                all.forEach(one -> names.add(prefix + group + ": " + one));
            }
        });
        return names;
    }

    private Map<String, Long> timers() {
        return scheduler instanceof VirtualTime time
                ? time.codes().stream()
                        .filter(Ownership::isOfApplication)
                        .collect(Collectors.groupingBy(code -> code, HashMap::new, Collectors.counting()))
                : Map.of();
    }
}
