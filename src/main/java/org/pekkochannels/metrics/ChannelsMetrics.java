package org.pekkochannels.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Binds what an actor system measures to a Micrometer registry of the application's own.
 *
 * <pre>{@code
 * new ChannelsMetrics(server.system()).bindTo(registry);
 * }</pre>
 *
 * <p>Needed by nobody whose registry is one of Micrometer's global registry, to which everything is bound by itself
 * ({@code channels.metrics.global-registry}). The guide's page on metrics lists what is measured. Thread-safe.
 */
public final class ChannelsMetrics implements MeterBinder {
    private final Registry registry;

    /**
     * What an actor system measures.
     *
     * @param system a typed or classic actor system
     */
    public ChannelsMetrics(ClassicActorSystemProvider system) {
        this.registry = Meters.of(system).registry();
    }

    /**
     * Registers all measures, those to come too, until the actor system has terminated; a registry for each system.
     *
     * @param target the registry
     * @throws IllegalStateException when {@code channels.metrics.enabled} is off, or when the registry measures an actor
     *     system already
     */
    @Override
    public void bindTo(MeterRegistry target) {
        if (registry instanceof MicrometerRegistry open) {
            open.bind(target);
        } else {
            throw new IllegalStateException("nothing is measured: channels.metrics.enabled is off; set it to on");
        }
    }
}
