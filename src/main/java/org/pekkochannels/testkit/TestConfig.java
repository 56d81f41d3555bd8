package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.Map;

/** The configuration of an application under test: its own, with counted executors, another scheduler and another edge. */
final class TestConfig {
    private static final String EXECUTOR = "executor";
    private static final String COUNTED = CountedExecutor.class.getName();

    private TestConfig() {}

    /**
     * Changes a configuration.
     *
     * @param config the whole, resolved configuration of the application
     * @param edge how its clients connect
     */
    static Config of(Config config, TestEdge edge) {
        Config common = ConfigFactory.parseMap(Map.of(
                "channels.http.interface", "127.0.0.1",
                "channels.http.port", 0,
                "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off",
                // A turn that waits for its thread is visible to the kit.
                "channels.consumer.turn-warning", "off"));
        return counted(special(edge).withFallback(common).withFallback(config).root())
                .toConfig();
    }

    private static Config special(TestEdge edge) {
        return ConfigFactory.parseMap(Map.of(
                "channels.edge",
                edge.edge(),
                "pekko.scheduler.implementation",
                (edge == TestEdge.MEMORY ? VirtualTime.class : RealTime.class).getName()));
    }

    /** Puts a {@link CountedExecutor} in front of the executor of each dispatcher. */
    private static ConfigObject counted(ConfigObject section) {
        ConfigObject result = section;
        for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
            if (entry.getValue() instanceof ConfigObject inner) {
                result = result.withValue(entry.getKey(), counted(inner));
            }
        }
        return isShared(section) ? counting(result) : result;
    }

    /** The thread of a pinned dispatcher belongs to one actor, usually a selector. */
    private static boolean isShared(ConfigObject section) {
        ConfigValue executor = section.get(EXECUTOR);
        ConfigValue type = section.get("type");
        return executor != null
                && executor.valueType() == ConfigValueType.STRING
                && !executor.unwrapped().equals(COUNTED)
                && (type == null || !"PinnedDispatcher".equals(type.unwrapped()));
    }

    private static ConfigObject counting(ConfigObject dispatcher) {
        return dispatcher
                .withValue(CountedExecutor.COUNTED, dispatcher.get(EXECUTOR))
                .withValue(EXECUTOR, ConfigValueFactory.fromAnyRef(COUNTED));
    }
}
