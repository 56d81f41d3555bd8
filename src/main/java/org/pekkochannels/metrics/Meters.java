package org.pekkochannels.metrics;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.settings.Settings;

/**
 * What the parts of one actor system measure; thread-safe.
 *
 * <p>Functions are called when somebody reads the numbers, on that thread. All is taken back when the system has terminated.
 */
public final class Meters implements Extension {
    // Without this class nobody could look at what is measured.
    private static final boolean HAS_MICROMETER = isPresent("io.micrometer.core.instrument.MeterRegistry");

    private final Registry registry;

    private Meters(Registry registry) {
        this.registry = registry;
    }

    /**
     * The meters of an actor system, as {@code channels.metrics} says.
     *
     * @param system a typed or classic actor system
     * @return its meters; fails with a {@code ConfigException} naming the key when the configuration is bad
     */
    public static Meters of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * Measures something that goes up and down.
     *
     * @param measure its name
     * @param value reads it, cheaply
     */
    public void gauge(Measure measure, DoubleSupplier value) {
        registry.gauge(measure, value);
    }

    /**
     * Measures something that only grows.
     *
     * @param measure its name
     * @param total reads how much it is since the start, cheaply
     */
    public void counter(Measure measure, LongSupplier total) {
        registry.counter(measure, total);
    }

    /**
     * Measures lengths of time, one by one.
     *
     * @param measure its name
     * @return what takes them; {@link Timing#NONE} where nothing is measured
     */
    public Timing timing(Measure measure) {
        return registry.timing(measure);
    }

    /**
     * What counts the failures of code that only observes the work.
     *
     * @param observer what fails
     * @return the measure
     */
    public static Measure observerFailures(String observer) {
        return Measure.of(
                        "channels.observers.failures", "failures", "Failures of meters, tracers and logging contexts.")
                .tag("observer", observer);
    }

    /** Where the measures go. */
    Registry registry() {
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

    /** A system that has terminated already must not keep the registry from the next one. */
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
