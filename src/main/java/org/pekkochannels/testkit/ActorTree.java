package org.pekkochannels.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;

/** The actors of an application at one moment, by their paths: those that its own code has created. Used once. */
final class ActorTree {
    // A line of Pekko's own list: the depth, then name, type of reference and class.
    private static final Pattern LINE = Pattern.compile("([^A-Za-z0-9/$]*)(\\S+) (.*)");
    // Of the library, which replaces workers and consumers by others.
    private static final String OWN = "channels-";
    private static final String REPLACED = "..";

    private final Map<String, Long> counts = new TreeMap<>();
    private final Deque<Ancestor> ancestors = new ArrayDeque<>();

    private record Ancestor(int depth, String path, boolean own) {}

    private ActorTree() {}

    /** The number of actors by path and class. */
    static Map<String, Long> of(ActorSystem<?> system) {
        ActorTree tree = new ActorTree();
        ((ExtendedActorSystem) system.classicSystem()).printTree().lines().forEach(tree::read);
        return tree.counts;
    }

    private void read(String line) {
        Matcher parts = LINE.matcher(line);
        if (parts.matches()) {
            int depth = parts.group(1).length();
            while (!ancestors.isEmpty() && ancestors.peek().depth() >= depth) {
                ancestors.pop();
            }
            add(depth, parts.group(2), parts.group(3));
        }
    }

    private void add(int depth, String name, String description) {
        Ancestor parent = ancestors.isEmpty() ? new Ancestor(-1, "", false) : ancestors.peek();
        boolean own = parent.own() || name.startsWith(OWN);
        String path = name.equals("/") ? "" : parent.path() + "/" + name;
        ancestors.push(new Ancestor(depth, path, own));
        if (!name.startsWith(OWN) && mayBeOfApplication(description)) {
            String place = parent.own() ? parent.path() + "/" + REPLACED : path;
            counts.merge(place + " " + type(description), 1L, Long::sum);
        }
    }

    /** Not the actors of Pekko's streams, sockets and pools, which end by themselves. Typed actors have Pekko's adapter as their class. */
    private static boolean mayBeOfApplication(String description) {
        return description.contains(".typed.internal.adapter.")
                || (description.contains("class ") && !description.contains("class org.apache.pekko."));
    }

    /** Without the state and the number of children and messages. */
    private static String type(String description) {
        return description.replaceAll(" status=.*", "").replaceAll("^.*class ", "");
    }
}
