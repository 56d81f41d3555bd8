package org.pekkochannels;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Checks that a configuration contains the defaults of every library, and a section wherever {@code reference.conf} has one. Stateless. */
final class ConfigurationShape {
    private static final String ROOT = "channels";

    // Keys that only one library's reference.conf contains.
    private static final List<Map.Entry<String, String>> OF_LIBRARIES = List.of(
            Map.entry("channels.http.interface", "pekko-channels"),
            Map.entry("pekko.version", "pekko-actor"),
            Map.entry("pekko.actor.default-dispatcher", "pekko-actor"),
            Map.entry("pekko.actor.typed", "pekko-actor-typed"),
            Map.entry("pekko.use-slf4j", "pekko-actor-typed"),
            Map.entry("pekko.stream.materializer", "pekko-stream"),
            Map.entry("pekko.http.version", "pekko-http-core"),
            Map.entry("pekko.http.server", "pekko-http-core"),
            Map.entry("pekko.http.routing", "pekko-http"));

    // The application names the entries of these sections; each entry has the keys of another section of channels.
    private static final Map<String, String> NAMED =
            Map.of("channels.endpoints", "websocket", "channels.databases", "database");

    private static final List<String> EXAMPLES = List.of("enabled", "url", "port", "type", "slow-reader");

    private ConfigurationShape() {}

    /**
     * Checks a configuration.
     *
     * @param config the whole, resolved configuration; a value in place of a section, or missing defaults, fail with
     *     {@link ConfigException}
     */
    static void require(Config config) {
        ConfigValue reference = ConfigFactory.defaultReference().root().get(ROOT);
        if (reference instanceof ConfigObject sections && config.root().containsKey(ROOT)) {
            requireSections(List.of(ROOT), sections, config.root().get(ROOT), sections);
        }
        OF_LIBRARIES.forEach(key -> requireDefault(config, key.getKey(), key.getValue()));
    }

    private static void requireDefault(Config config, String key, String library) {
        if (!config.hasPath(key)) {
            throw new MissingSettingException(
                    key,
                    ", because the defaults of reference.conf are missing: pass ConfigFactory.load(config) instead of a"
                            + " config that was only parsed; in a fat jar, merge all files named reference.conf and"
                            + " version.conf, that of " + library + " is lost");
        }
    }

    private static void requireSections(List<String> path, ConfigObject keys, ConfigValue found, ConfigObject all) {
        if (!(found instanceof ConfigObject section)) {
            String name = ConfigUtil.joinPath(path);
            throw new ConfigException.BadValue(found.origin(), name, rule(name, keys, found));
        }
        String named = NAMED.getOrDefault(ConfigUtil.joinPath(path), "");
        section.forEach((name, value) -> {
            if (all.get(named) instanceof ConfigObject same) {
                requireSections(with(path, name), same, value, all);
            } else if (keys.get(name) instanceof ConfigObject inner) {
                requireSections(with(path, name), inner, value, all);
            }
        });
    }

    private static List<String> with(List<String> path, String name) {
        return Stream.concat(path.stream(), Stream.of(name)).toList();
    }

    private static String rule(String path, ConfigObject keys, ConfigValue found) {
        String example = EXAMPLES.stream()
                .filter(keys::containsKey)
                .findFirst()
                .or(() -> keys.keySet().stream().sorted().findFirst())
                .orElse("name");
        String written = example.equals("enabled") ? "enabled = on" : example + " = ..";
        return "must be a section of keys, for example " + path + " { " + written + " }, was " + shown(found);
    }

    /** A text may contain a password. */
    private static String shown(ConfigValue found) {
        return found.valueType() == ConfigValueType.STRING
                ? "a single text"
                : "'" + found.render(ConfigRenderOptions.concise()) + "'";
    }
}
