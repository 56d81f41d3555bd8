package org.pekkochannels.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.ObserverFailures;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Registers the measures of one actor system with the Micrometer registries that it is bound to; the only class besides
 * {@link ChannelsMetrics} that needs Micrometer. Thread-safe.
 *
 * <p>Not a composite of Micrometer's: one that gets a registry after its meters warns that they are lost, though they are not.
 */
final class MicrometerRegistry implements Registry {
    private static final SafeLog LOG = SafeLog.of(MicrometerRegistry.class);

    private static final Measure FAILURES = Meters.observerFailures("metrics");

    // Of two systems in one registry the second would be ignored silently, as names and tags are the same.
    private static final Set<MeterRegistry> TAKEN =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final ObserverFailures failures = new ObserverFailures(LOG);
    private final String system;
    private final List<Function<MeterRegistry, Meter>> measures = new ArrayList<>();
    private final Map<MeterRegistry, List<Meter>> bound = new LinkedHashMap<>();

    private MicrometerRegistry(String system) {
        this.system = system;
    }

    static MicrometerRegistry create(String system, boolean global) {
        MicrometerRegistry registry = new MicrometerRegistry(system);
        registry.counter(FAILURES, registry.failures::count);
        if (global && !registry.tryBind(Metrics.globalRegistry)) {
            LOG.warn(
                    "actor system '{}' is not measured: Micrometer's global registry measures another one; give it a registry"
                            + " of its own (ChannelsMetrics), or set channels.metrics.global-registry = off",
                    system);
        }
        return registry;
    }

    /** Registers what is measured, and will be, with one registry more. */
    void bind(MeterRegistry registry) {
        if (!tryBind(registry)) {
            throw new IllegalStateException(
                    "this registry measures an actor system already, and of two with the same names"
                            + " the second, '" + system
                            + "', would be ignored; give it a registry of its own, or terminate the"
                            + " other first");
        }
    }

    @Override
    public void gauge(Measure measure, DoubleSupplier value) {
        // Micrometer holds the function weakly; the list of measures holds it as long as the system lives.
        add(registry -> Gauge.builder(measure.name(), value, read -> read(measure, read))
                .description(measure.meaning())
                .baseUnit(measure.unit())
                .tags(tags(measure))
                .register(registry));
    }

    @Override
    public void counter(Measure measure, LongSupplier total) {
        LastTotal last = new LastTotal(measure, total);
        add(registry -> FunctionCounter.builder(measure.name(), last, LastTotal::read)
                .description(measure.meaning())
                .baseUnit(measure.unit())
                .tags(tags(measure))
                .register(registry));
    }

    @Override
    public Timing timing(Measure measure) {
        MicrometerTiming timing = new MicrometerTiming(measure.name(), failures);
        add(registry -> timing.add(Timer.builder(measure.name())
                .description(measure.meaning())
                .tags(tags(measure))
                .register(registry)));
        return timing;
    }

    @Override
    public synchronized void close() {
        bound.forEach((registry, meters) -> {
            meters.forEach(meter -> remove(registry, meter));
            TAKEN.remove(registry);
        });
        bound.clear();
        measures.clear();
    }

    private synchronized boolean tryBind(MeterRegistry registry) {
        if (!TAKEN.add(registry)) {
            return false;
        }
        List<Meter> meters = new ArrayList<>();
        measures.forEach(measure -> register(measure, registry, meters));
        bound.put(registry, meters);
        return true;
    }

    private synchronized void add(Function<MeterRegistry, Meter> measure) {
        measures.add(measure);
        bound.forEach((registry, meters) -> register(measure, registry, meters));
    }

    // A registry that refuses one measure has the others, and what is measured starts all the same.
    private void register(Function<MeterRegistry, Meter> measure, MeterRegistry registry, List<Meter> meters) {
        try {
            meters.add(measure.apply(registry));
        } catch (Throwable failure) { // a filter's, or a listener's, of the application
            failures.add(
                    "the registration of a measure with " + registry.getClass().getName(), failure);
        }
    }

    private void remove(MeterRegistry registry, Meter meter) {
        try {
            registry.remove(meter);
        } catch (Throwable failure) {
            failures.add("the removal of a measure from " + registry.getClass().getName(), failure);
        }
    }

    // One measure that cannot be read, such as a number of the application's own layer, must not fail the scrape.
    private double read(Measure measure, DoubleSupplier value) {
        try {
            return value.getAsDouble();
        } catch (Throwable failure) {
            failures.add("the gauge " + measure.name(), failure);
            return Double.NaN;
        }
    }

    /** A total, which stays what it was last where it cannot be read. */
    private final class LastTotal {
        private final Measure measure;
        private final LongSupplier total;
        private volatile long last;

        LastTotal(Measure measure, LongSupplier total) {
            this.measure = measure;
            this.total = total;
        }

        double read() {
            try {
                last = total.getAsLong();
            } catch (Throwable failure) {
                failures.add("the counter " + measure.name(), failure);
            }
            return last;
        }
    }

    private static Iterable<Tag> tags(Measure measure) {
        return measure.tags().entrySet().stream()
                .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
                .collect(Collectors.toList());
    }
}
