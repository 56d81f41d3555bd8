package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys below {@code channels} that nobody reads, most of them typing errors. Stateless. */
final class UnknownKeys {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownKeys.class);

    // Whoever reads the first two refuses a key that there is not; a dispatcher's are Pekko's.
    private static final List<String> CHECKED_ELSEWHERE =
            List.of("channels.databases.", "channels.endpoints.", "channels.database.dispatcher.");

    private UnknownKeys() {}

    /**
     * Warns of each key that is in no {@code reference.conf}.
     *
     * @param root the whole, resolved configuration
     */
    static void warnOf(Config root) {
        Config reference = ConfigFactory.defaultReference();
        root.withOnlyPath("channels").entrySet().stream()
                .filter(entry -> !isKnown(reference, entry.getKey()))
                .forEach(entry -> LOG.warn(
                        "{} ({}): there is no such key, so nobody reads it; reference.conf has those that there are",
                        entry.getKey(),
                        entry.getValue().origin().description()));
    }

    private static boolean isKnown(Config reference, String key) {
        return CHECKED_ELSEWHERE.stream().anyMatch(key::startsWith)
                || reference.hasPathOrNull(key)
                || above(key).anyMatch(path -> isList(reference, path));
    }

    /** The paths of what a key stands in. */
    private static Stream<String> above(String key) {
        List<String> names = ConfigUtil.splitPath(key);
        return IntStream.range(1, names.size()).mapToObj(length -> ConfigUtil.joinPath(names.subList(0, length)));
    }

    // Its elements may be given as key.0, key.1 and so on, in system properties for example.
    private static boolean isList(Config reference, String path) {
        return reference.hasPath(path) && reference.getValue(path).valueType() == ConfigValueType.LIST;
    }
}
