package org.pekkochannels.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ExtendedActorSystem;
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
    private static final String OWN_ACTORS = "channels-";

    private final ActorSystem<?> system;
    private final ActivityOwner scheduler;
    private final Set<String> actors;
    private final Map<String, Long> timers;
    private final Set<String> members;
    private final Set<String> present;
    private final List<String> threads;

    private LeftBehind(ActorSystem<?> system, ActivityOwner scheduler) {
        this.system = system;
        this.scheduler = scheduler;
        this.actors = actors();
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
        now.actors.stream().filter(name -> !actors.contains(name)).forEach(name -> left.add("actor " + name));
        List<String> started = new ArrayList<>(now.threads);
        threads.forEach(started::remove);
        started.forEach(place -> left.add("thread, created" + place));
        now.timers.forEach((code, count) -> {
            long more = count - timers.getOrDefault(code, 0L);
            if (more > 0) {
                left.add("timer of " + code + (more == 1 ? "" : ", " + more + " times"));
            }
        });
        return left;
    }

    private LayerContents contents() {
        return LayerContents.of(ChannelLayer.get(system)).orElseGet(() -> new LayerContents(Map.of(), Map.of()));
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

    /** The lines of Pekko's own list, which has path, state and class of each actor. */
    private Set<String> actors() {
        String tree = ((ExtendedActorSystem) system.classicSystem()).printTree();
        return tree.lines()
                .map(line -> line.replaceAll("^[ |\\\\⌊└├─>-]+", "").trim())
                .filter(LeftBehind::mayBeOfApplication)
                .map(LeftBehind::withoutNumbers)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Not the actors of Pekko's streams, sockets and pools, which end by themselves. Typed actors have Pekko's adapter as their class. */
    private static boolean mayBeOfApplication(String line) {
        if (line.startsWith(OWN_ACTORS)) {
            return false;
        }
        return line.contains(".typed.internal.adapter.")
                || (line.contains(" class ") && !line.contains(" class org.apache.pekko."));
    }

    /** Pekko adds the number of an actor's children and messages. */
    private static String withoutNumbers(String line) {
        return line.replaceAll(" status=.*", "");
    }

    private Map<String, Long> timers() {
        return scheduler instanceof VirtualTime time
                ? time.codes().stream()
                        .filter(Ownership::isOfApplication)
                        .collect(Collectors.groupingBy(code -> code, HashMap::new, Collectors.counting()))
                : Map.of();
    }
}
