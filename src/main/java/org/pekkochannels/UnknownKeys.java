package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Finds keys below {@code channels} that are not read, most of them typing errors. Stateless.
 *
 * <p>Leaves out sections with other readers: those of a layer or dispatcher that the application provides.
 */
final class UnknownKeys {
    private static final SafeLog LOG = SafeLog.of(UnknownKeys.class);

    // The readers of the first two reject unknown keys themselves; the keys of a dispatcher are Pekko's.
    private static final List<String> CHECKED_ELSEWHERE =
            List.of("channels.databases.", "channels.endpoints.", "channels.database.dispatcher.");

    private UnknownKeys() {}

    /**
     * Warns of each key that {@code reference.conf} does not contain.
     *
     * @param root the whole, resolved configuration
     */
    static void warnOf(Config root) {
        Config reference = ConfigFactory.defaultReference();
        List<String> others = sectionsOfOthers(root);
        root.withOnlyPath("channels").entrySet().stream()
                // The test kit adds a key of this name to each dispatcher.
                .filter(entry -> !entry.getKey().endsWith(".counted-executor"))
                .filter(entry -> !isKnown(reference, others, entry.getKey()))
                .forEach(entry -> LOG.warn(
                        "unknown configuration key {} ({}) is ignored; see reference.conf for valid keys",
                        entry.getKey(),
                        entry.getValue().origin().description()));
    }

    /**
     * Warns of each section of {@code channels.endpoints} that no endpoint names.
     *
     * @param root the whole, resolved configuration
     * @param used the names of all endpoints
     */
    static void warnOfUnused(Config root, List<String> used) {
        root.getObject("channels.endpoints").forEach((name, section) -> {
            if (!used.contains(name)) {
                LOG.warn(
                        "{} ({}) is not used by any endpoint, so its keys have no effect; add the endpoint with"
                                + " Channels.endpoint(pattern, \"{}\", factory) instead of websocket(pattern, factory)",
                        ConfigUtil.joinPath("channels", "endpoints", name),
                        section.origin().description(),
                        name);
            }
        });
    }

    /** Path prefixes of sections that other code reads, alone or in addition. */
    private static List<String> sectionsOfOthers(Config root) {
        List<String> others = new ArrayList<>(CHECKED_ELSEWHERE);
        if (root.getString("channels.layer.type").contains(".")) {
            // A layer class of the application receives the section.
            others.add("channels.layer.");
        }
        dispatchers(root).forEach(path -> others.add(path + "."));
        return others;
    }

    /** Paths of dispatcher sections: those that our keys name, and those that have an executor. */
    private static Stream<String> dispatchers(Config root) {
        Stream<String> endpoints = root.getObject("channels.endpoints").keySet().stream()
                .map(name -> ConfigUtil.joinPath("channels", "endpoints", name, "dispatcher"));
        Stream<String> named = Stream.concat(Stream.of("channels.consumer.dispatcher"), endpoints)
                .filter(root::hasPath)
                .map(root::getString);
        Stream<String> alike = root.getObject("channels").keySet().stream()
                .map(name -> ConfigUtil.joinPath("channels", name))
                .filter(path -> root.hasPath(path + ".executor"));
        return Stream.concat(named, alike);
    }

    private static boolean isKnown(Config reference, List<String> others, String key) {
        return others.stream().anyMatch(key::startsWith)
                || reference.hasPathOrNull(key)
                || above(key).anyMatch(path -> isList(reference, path));
    }

    /** The paths of all sections that contain a key. */
    private static Stream<String> above(String key) {
        List<String> names = ConfigUtil.splitPath(key);
        return IntStream.range(1, names.size()).mapToObj(length -> ConfigUtil.joinPath(names.subList(0, length)));
    }

    // Elements of a list may be written as key.0, key.1 and so on, for example in system properties.
    private static boolean isList(Config reference, String path) {
        return reference.hasPath(path) && reference.getValue(path).valueType() == ConfigValueType.LIST;
    }
}
