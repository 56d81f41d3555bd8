package org.pekkochannels.metrics.instrument;

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
import org.pekkochannels.metrics.ChannelsMetrics;

/**
 * Registers the metrics of one actor system with the Micrometer registries to which it is bound; the only class besides
 * {@link ChannelsMetrics} that needs Micrometer. Thread-safe.
 *
 * <p>Not a Micrometer composite, because that warns of lost meters when a registry is added after them, although none is lost.
 */
public final class MicrometerRegistry implements Registry {
    private static final SafeLog LOG = SafeLog.of(MicrometerRegistry.class);

    private static final Measure FAILURES = Meters.observerFailures("metrics");

    // If two systems shared a registry, the second would be ignored silently, because names and tags are the same.
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
                    "actor system '{}' has no metrics: Micrometer's global registry is bound to another one; use a separate"
                            + " registry (ChannelsMetrics), or set channels.metrics.global-registry = off",
                    system);
        }
        return registry;
    }

    /** Registers current and future metrics with a further registry. */
    public void bind(MeterRegistry registry) {
        if (!tryBind(registry)) {
            throw new IllegalStateException(
                    "this registry is bound to an actor system already, and of two with the same names"
                            + " the second, '" + system
                            + "', would be ignored; use a separate registry, or terminate the"
                            + " other system first");
        }
    }

    @Override
    public void gauge(Measure measure, DoubleSupplier value) {
        // Micrometer references the function weakly; the list of measures keeps it for as long as the system lives.
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

    // If a registry rejects one metric, the others are still registered, and the start continues.
    private void register(Function<MeterRegistry, Meter> measure, MeterRegistry registry, List<Meter> meters) {
        try {
            meters.add(measure.apply(registry));
        } catch (Throwable failure) { // of a filter or a listener of the application
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

    // If one metric fails, such as a number of the application's layer, the scrape must still succeed.
    private double read(Measure measure, DoubleSupplier value) {
        try {
            return value.getAsDouble();
        } catch (Throwable failure) {
            failures.add("the gauge " + measure.name(), failure);
            return Double.NaN;
        }
    }

    /** A total that keeps its last value if it cannot be read. */
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
