package org.pekkochannels.metrics.instrument;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.settings.Settings;

/**
 * The metrics of one actor system. Thread-safe.
 *
 * <p>Functions are called when a registry reads the metrics, on the reading thread. All metrics are removed when the system has terminated.
 */
public final class Meters implements Extension {
    // Without this class no registry can exist.
    private static final boolean HAS_MICROMETER = isPresent("io.micrometer.core.instrument.MeterRegistry");

    private final Registry registry;

    private Meters(Registry registry) {
        this.registry = registry;
    }

    /**
     * The meters of an actor system, configured by {@code channels.metrics}.
     *
     * @param system a typed or classic actor system
     * @return its meters; fails with a {@code ConfigException} naming the key if the configuration is invalid
     */
    public static Meters of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * Registers a value that increases and decreases.
     *
     * @param measure its name
     * @param value reads it; must be fast
     */
    public void gauge(Measure measure, DoubleSupplier value) {
        registry.gauge(measure, value);
    }

    /**
     * Registers a value that only increases.
     *
     * @param measure its name
     * @param total reads the total since the start; must be fast
     */
    public void counter(Measure measure, LongSupplier total) {
        registry.counter(measure, total);
    }

    /**
     * Registers durations that are recorded one by one.
     *
     * @param measure its name
     * @return the recorder; {@link Timing#NONE} if metrics are disabled
     */
    public Timing timing(Measure measure) {
        return registry.timing(measure);
    }

    /**
     * The counter of failures of code that only observes the work.
     *
     * @param observer the observer that fails
     * @return the measure
     */
    public static Measure observerFailures(String observer) {
        return Measure.of(
                        "channels.observers.failures", "failures", "Failures of meters, tracers and logging contexts.")
                .tag("observer", observer);
    }

    /** The registry of the metrics. */
    public Registry registry() {
        return registry;
    }

    private static Meters create(ExtendedActorSystem system) {
        Settings settings = Settings.of(system.settings().config(), "channels.metrics");
        boolean enabled = settings.flag("enabled");
        boolean global = settings.flag("global-registry");
        Registry registry =
                enabled && HAS_MICROMETER ? MicrometerRegistry.create(system.name(), global) : Registry.NONE;
        closeWith(system, registry);
        return new Meters(registry);
    }

    /** Also for a system that has terminated already, so that the next one can use the registry. */
    private static void closeWith(ExtendedActorSystem system, Registry registry) {
        try {
            system.registerOnTermination(registry::close);
        } catch (RuntimeException terminated) {
            registry.close();
            throw terminated;
        }
    }

    private static boolean isPresent(String type) {
        try {
            Class.forName(type, false, Meters.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    private static final class Id extends AbstractExtensionId<Meters> {
        static final Id INSTANCE = new Id();

        @Override
        public Meters createExtension(ExtendedActorSystem system) {
            return create(system);
        }
    }
}
