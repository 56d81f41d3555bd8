package org.pekkochannels.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.metrics.instrument.Timing;

/** Where measures go. */
final class MetersTest {
    private static final Measure WAITING = Measure.of("channels.test.waiting", "calls", "Waiting calls.");
    private static final Measure WAIT = Measure.of("channels.test.wait", "seconds", "Their time.");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<ActorSystem> systems = new ArrayList<>();

    @AfterEach
    void terminate() {
        systems.forEach(MetersTest::terminate);
    }

    @Test
    void readsAFunctionWhenSomebodyLooks() {
        ActorSystem system = start("");
        AtomicLong waiting = new AtomicLong(3);
        Meters.of(system).gauge(WAITING.tag("database", "reporting"), waiting::get);
        new ChannelsMetrics(system).bindTo(registry);

        waiting.set(4);

        assertThat(registry.get("channels.test.waiting")
                        .tag("database", "reporting")
                        .gauge()
                        .value())
                .isEqualTo(4);
        assertThat(registry.get("channels.test.waiting").gauge().getId().getBaseUnit())
                .isEqualTo("calls");
    }

    @Test
    void leavesTheGlobalRegistryToTheSystemAfterATerminatedOne() {
        ActorSystem terminated = start("channels.metrics.global-registry = on");
        terminate(terminated);
        assertThatThrownBy(() -> Meters.of(terminated)).isInstanceOf(RuntimeException.class);

        Meters.of(start("channels.metrics.global-registry = on")).gauge(WAITING, () -> 7);

        assertThat(Metrics.globalRegistry.find("channels.test.waiting").gauge()).isNotNull();
    }

    @Test
    void bindsWhatIsMeasuredLaterToo() {
        ActorSystem system = start("");
        new ChannelsMetrics(system).bindTo(registry);

        Meters.of(system).timing(WAIT).record(TimeUnit.MILLISECONDS.toNanos(5));

        assertThat(registry.get("channels.test.wait").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
    }

    @Test
    void keepsFunctionsThatNobodyElseHolds() {
        ActorSystem system = start("");
        new ChannelsMetrics(system).bindTo(registry);
        Meters.of(system).counter(WAITING, new AtomicLong(7)::get);

        System.gc();

        assertThat(registry.get("channels.test.waiting").functionCounter().count())
                .isEqualTo(7);
    }

    @Test
    void fillsSeveralRegistries() {
        ActorSystem system = start("");
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        Timing timing = Meters.of(system).timing(WAIT);
        new ChannelsMetrics(system).bindTo(registry);
        new ChannelsMetrics(system).bindTo(other);

        timing.record(1);

        assertThat(registry.get("channels.test.wait").timer().count()).isEqualTo(1);
        assertThat(other.get("channels.test.wait").timer().count()).isEqualTo(1);
    }

    @Test
    void takesEverythingBackWhenTheSystemHasTerminated() {
        ActorSystem system = start("");
        new ChannelsMetrics(system).bindTo(registry);
        Meters.of(system).gauge(WAITING, () -> 1);
        registry.counter("somebody.elses").increment();

        terminate(system);

        assertThat(registry.getMeters()).hasSize(1);
        ActorSystem next = start("");
        Meters.of(next).gauge(WAITING, () -> 2);
        new ChannelsMetrics(next).bindTo(registry);
        assertThat(registry.get("channels.test.waiting").gauge().value()).isEqualTo(2);
    }

    @Test
    void refusesASecondSystemInOneRegistry() {
        new ChannelsMetrics(start("")).bindTo(registry);
        ActorSystem second = start("");

        assertThatThrownBy(() -> new ChannelsMetrics(second).bindTo(registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is bound to an actor system already");
    }

    @Test
    void fillsTheGlobalRegistryByItself() {
        Meters.of(start("channels.metrics.global-registry = on")).gauge(WAITING, () -> 5);
        SimpleMeterRegistry mine = new SimpleMeterRegistry();
        Metrics.addRegistry(mine);
        try {
            assertThat(mine.get("channels.test.waiting").gauge().value()).isEqualTo(5);
        } finally {
            Metrics.removeRegistry(mine);
        }
    }

    @Test
    void measuresNothingWhereThatIsOff() {
        ActorSystem system = start("channels.metrics.enabled = off");

        assertThat(Meters.of(system).timing(WAIT)).isSameAs(Timing.NONE);
        assertThatThrownBy(() -> new ChannelsMetrics(system).bindTo(registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("channels.metrics.enabled");
    }

    @ParameterizedTest
    @EnumSource
    void readsTheOtherMeasuresWhenAFunctionThrows(Planted planted) {
        ActorSystem system = start("");
        AtomicBoolean failing = new AtomicBoolean();
        LongSupplier total = () -> {
            if (failing.get()) {
                planted.raise();
            }
            return 7;
        };
        Meters.of(system).counter(WAITING, total);
        Meters.of(system).gauge(Measure.of("channels.test.gauge", "calls", "A gauge."), total::getAsLong);
        new ChannelsMetrics(system).bindTo(registry);
        assertThat(registry.get("channels.test.waiting").functionCounter().count())
                .isEqualTo(7);

        failing.set(true);

        assertThat(registry.get("channels.test.waiting").functionCounter().count())
                .isEqualTo(7);
        assertThat(registry.get("channels.test.gauge").gauge().value()).isNaN();
        assertThat(failures()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void fillsTheOtherTimersWhenOneThrows(Planted planted) {
        ActorSystem system = start("");
        Timing timing = Meters.of(system).timing(WAIT);
        new ChannelsMetrics(system).bindTo(new SimpleMeterRegistry() {
            @Override
            protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
                return new CumulativeTimer(id, clock, config, pauses, getBaseTimeUnit(), false) {
                    @Override
                    protected void recordNonNegative(long amount, TimeUnit unit) {
                        planted.raise();
                    }
                };
            }
        });
        new ChannelsMetrics(system).bindTo(registry);

        timing.record(1);
        timing.record(1);

        assertThat(registry.get("channels.test.wait").timer().count()).isEqualTo(2);
        assertThat(failures()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void registersTheOtherMeasuresWhenOneIsRefused(Planted planted) {
        ActorSystem system = start("");
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                if (id.getName().equals("channels.test.waiting")) {
                    planted.raise();
                }
                return MeterFilterReply.NEUTRAL;
            }
        });
        new ChannelsMetrics(system).bindTo(registry);

        Meters.of(system).gauge(WAITING, () -> 1);
        Meters.of(system).timing(WAIT).record(1);

        assertThat(registry.get("channels.test.wait").timer().count()).isEqualTo(1);
        assertThat(failures()).isEqualTo(1);
    }

    private double failures() {
        return registry.get("channels.observers.failures")
                .tag("observer", "metrics")
                .functionCounter()
                .count();
    }

    @Test
    void refusesANameThatIsNotOfOurs() {
        assertThatThrownBy(() -> Measure.of("Channels Waiting", "calls", "Waiting."))
                .hasMessageContaining("'Channels Waiting'");
    }

    private ActorSystem start(String config) {
        ActorSystem system = ActorSystem.create(
                "meters-test",
                ConfigFactory.parseString(config)
                        .withFallback(ConfigFactory.parseString("channels.metrics.global-registry = off"))
                        .withFallback(ConfigFactory.load()));
        systems.add(system);
        return system;
    }

    private static void terminate(ActorSystem system) {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }
}
