package org.pekkochannels.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.dispatch.Dispatchers;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.settings.Settings;

/**
 * The dispatchers of consumers, in general and per endpoint. Immutable.
 *
 * @param common the consumers' dispatcher
 * @param endpoints those of endpoints with a custom one
 */
record Placement(Props common, Map<String, Props> endpoints) {
    // Each of these keys shows that a section is meant as a dispatcher.
    private static final Set<String> SIGNS = Set.of("type", "executor", "throughput");
    private static final Pattern OF_A_DATABASE = Pattern.compile("channels\\.databases?\\..*");
    private static final String KEY = "dispatcher";

    /** Reads {@code channels.consumer.dispatcher} and {@code channels.endpoints.*.dispatcher}. */
    static Placement of(ActorSystem<?> system) {
        Config config = system.settings().config();
        Map<String, Props> endpoints = new HashMap<>();
        for (String name : config.getObject("channels.endpoints").keySet()) {
            String section = ConfigUtil.joinPath("channels", "endpoints", name);
            if (config.hasPath(section + "." + KEY)) {
                endpoints.put(name, props(system, Settings.of(config, section)));
            }
        }
        return new Placement(props(system, Settings.of(config, "channels.consumer")), endpoints);
    }

    Props of(Optional<String> endpoint) {
        return endpoint.map(endpoints::get).orElse(common);
    }

    private static Props props(ActorSystem<?> system, Settings settings) {
        String name = settings.text(KEY);
        return switch (name) {
            // The supervisor runs there if the edge has loops.
            case "loop" -> DispatcherSelector.sameAsParent();
            case "default" -> contained(system);
            default -> {
                if (!exists(system, name)) {
                    throw settings.bad(
                            KEY,
                            "must be loop, default, or the path of a dispatcher's section, which has a type, an executor or a throughput",
                            name);
                } else if (OF_A_DATABASE.matcher(name).matches()) {
                    throw settings.bad(
                            KEY,
                            "must not be a database's dispatcher, whose threads are for database calls alone; name another,"
                                    + " or use database() for blocking work",
                            name);
                }
                yield contained(system, name);
            }
        };
    }

    /** Pekko's default dispatcher, for actors that must not end the JVM whatever they throw. */
    static Props contained(ActorSystem<?> system) {
        return contained(system, Dispatchers.DefaultDispatcherId());
    }

    private static Props contained(ActorSystem<?> system, String dispatcher) {
        return DispatcherSelector.fromConfig(
                ContainedDispatcher.over(system.classicSystem(), dispatcher, Place.CONSUMER));
    }

    /** Pekko accepts any section as a dispatcher; a text is the path of another one. */
    private static boolean isDispatcher(Config config, String name) {
        return config.getValue(name).valueType() == ConfigValueType.STRING
                || SIGNS.stream().anyMatch(config.getConfig(name)::hasPath);
    }

    private static boolean exists(ActorSystem<?> system, String name) {
        try {
            return system.classicSystem().dispatchers().hasDispatcher(name)
                    && isDispatcher(system.settings().config(), name);
        } catch (ConfigException.BadPath noPath) {
            return false;
        }
    }
}
