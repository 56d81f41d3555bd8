package org.pekkochannels.guests;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.tracing.ChannelsTracing;

/** A meter registry and a tracer that throw at each call while they are armed; for one connection at a time. */
final class PlantedObservers {
    private static final AtomicReference<@Nullable Planted> ARMED = new AtomicReference<>();

    private PlantedObservers() {}

    static void observe(ActorSystem<?> system) {
        new ChannelsMetrics(system).bindTo(new Registry());
        ChannelsTracing.use(system, proxy(OpenTelemetry.class));
    }

    /** Both throw until the call is complete. */
    static <T> CompletionStage<T> armed(Planted planted, Supplier<CompletionStage<T>> call) {
        ARMED.set(planted);
        return call.get().whenComplete((result, failure) -> ARMED.set(null));
    }

    private static void raise() {
        Planted planted = ARMED.get();
        if (planted != null) {
            planted.raise();
        }
    }

    private static <T> T proxy(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            raise();
            Class<?> returned = method.getReturnType();
            return returned.isInstance(self) ? self : returned.isInterface() ? proxy(returned) : null;
        }));
    }

    private static final class Registry extends SimpleMeterRegistry {
        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
            return new CumulativeTimer(id, clock, config, pauses, getBaseTimeUnit(), false) {
                @Override
                protected void recordNonNegative(long amount, TimeUnit unit) {
                    raise();
                }
            };
        }
    }
}
