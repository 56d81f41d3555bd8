package org.pekkochannels.layer;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.settings.Settings;

/**
 * Creates the layer of an actor system, once, from its configuration.
 *
 * @param layer the layer
 */
record ConfiguredLayer(ChannelLayer layer) implements Extension {
    static final Id ID = new Id();

    private static final SafeLog LOG = SafeLog.of(ConfiguredLayer.class);

    // Short names. Layers of other packages are named by their class name here, because those packages are above this
    // one.
    private static final Map<String, String> SHORT_NAMES = Map.of(
            "in-memory",
            InMemoryLayer.class.getName(),
            "cluster",
            "org.pekkochannels.layer.cluster.ClusterLayer",
            "postgres",
            "org.pekkochannels.layer.postgres.PostgresLayer");

    private static final String RULE =
            "must be 'in-memory', 'cluster', 'postgres' or the name of a public class that implements ChannelLayer"
                    + " and has a public constructor (ExtendedActorSystem, Settings)";

    static final class Id extends AbstractExtensionId<ConfiguredLayer> {
        @Override
        public ConfiguredLayer createExtension(ExtendedActorSystem system) {
            Settings settings = Settings.of(system.settings().config(), "channels.layer");
            ChannelLayer layer = create(system, settings);
            LayerMeters.watch(Meters.of(system), layer);
            warnOfHistory(settings, layer);
            return new ConfiguredLayer(layer);
        }
    }

    private static void warnOfHistory(Settings settings, ChannelLayer layer) {
        if (!layer.features().contains(Feature.HISTORY)
                && !HistoryRule.of(settings).isEmpty()) {
            LOG.warn(
                    "channels.layer: type '{}' keeps no history, so channels.layer.history has no effect; clients that"
                            + " return have recovered = false",
                    settings.text("type"));
        }
    }

    private static ChannelLayer create(ExtendedActorSystem system, Settings settings) {
        String type = settings.text("type");
        try {
            return constructor(system, SHORT_NAMES.getOrDefault(type, type)).newInstance(system, settings);
        } catch (InvocationTargetException e) {
            throw unwrapped(e);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw settings.bad("type", RULE + " (" + e + ")", type);
        }
    }

    private static Constructor<? extends ChannelLayer> constructor(ExtendedActorSystem system, String name)
            throws ReflectiveOperationException {
        return Class.forName(name, true, system.dynamicAccess().classLoader())
                .asSubclass(ChannelLayer.class)
                .getDeclaredConstructor(ExtendedActorSystem.class, Settings.class);
    }

    // Exceptions of a layer's constructor are reported unchanged.
    private static RuntimeException unwrapped(InvocationTargetException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
    }
}
