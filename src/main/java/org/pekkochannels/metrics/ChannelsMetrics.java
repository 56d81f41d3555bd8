package org.pekkochannels.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.metrics.instrument.MicrometerRegistry;
import org.pekkochannels.metrics.instrument.Registry;

/**
 * Binds the metrics of an actor system to a Micrometer registry of the application.
 * <pre>{@code
 * new ChannelsMetrics(server.system()).bindTo(registry);
 * }</pre>
 *
 *
 * <p>Not needed with Micrometer's global registry, to which the metrics are bound automatically ({@code channels.metrics.global-registry}).
 * The guide's page on metrics lists them. Thread-safe.
 */
public final class ChannelsMetrics implements MeterBinder {
    private final Registry registry;

    /**
     * The metrics of an actor system.
     *
     * @param system a typed or classic actor system
     */
    public ChannelsMetrics(ClassicActorSystemProvider system) {
        this.registry = Meters.of(system).registry();
    }

    /**
     * Registers all metrics, including those added later, until the actor system has terminated. A registry can be bound to one actor
     * system at a time.
     *
     * @param target the registry
     * @throws IllegalStateException if {@code channels.metrics.enabled} is off, or the registry is bound to another actor system
     */
    @Override
    public void bindTo(MeterRegistry target) {
        if (registry instanceof MicrometerRegistry open) {
            open.bind(target);
        } else {
            throw new IllegalStateException("metrics are disabled: channels.metrics.enabled is off; set it to on");
        }
    }
}
