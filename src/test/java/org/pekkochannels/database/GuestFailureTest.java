package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.concurrent.Planted;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.tracing.ChannelsTracing;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.spi.MDCAdapter;

/** Promise 6: no database thread is lost, whatever a callback, a meter, a tracer, the logging context or a log throws. */
final class GuestFailureTest {
    private final TestDatabase started = TestDatabase.start(
            "channels.metrics.global-registry = off", "channels.database { threads = 1, max-wait = 5s }");
    private final Database database = started.database;

    @AfterEach
    void stop() {
        started.close();
    }

    @ParameterizedTest
    @EnumSource
    void failsTheCallWhoseCallbackThrows(Planted planted) {
        CompletionStage<?> call = database.useHandle(handle -> planted.raise());
        CompletionStage<Integer> queued = database.withHandle(handle -> 2);

        assertThat(failure(call)).isInstanceOf(planted.type());
        assertServes(queued);
    }

    @Test
    void failsTheCallWhoseExceptionIsItsOwnCause() {
        IllegalStateException first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));

        CompletionStage<?> call = database.useHandle(handle -> {
            throw first;
        });
        CompletionStage<Integer> queued = database.withHandle(handle -> 2);

        assertThat(failure(call)).isSameAs(first);
        assertServes(queued);
    }

    @ParameterizedTest
    @EnumSource
    void failsTheCallWhoseExceptionThrowsItself(Planted planted) {
        CompletionStage<?> call = database.within(Duration.ofMinutes(1)).useHandle(handle -> {
            throw new IllegalStateException("first") {
                private static final long serialVersionUID = 1L;

                @Override
                public synchronized Throwable getCause() {
                    planted.raise();
                    return this;
                }
            };
        });
        CompletionStage<Integer> queued = database.withHandle(handle -> 2);

        assertThat(failure(call)).isInstanceOf(Throwable.class);
        assertServes(queued);
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsThreadWhenATimerThrows(Planted planted) {
        new ChannelsMetrics(started.system).bindTo(new SimpleMeterRegistry() {
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

        assertThatACallReturns();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsThreadWhenATracerThrows(Planted planted) {
        ChannelsTracing.use(started.system, throwing(OpenTelemetry.class, planted, 2));

        assertThatACallReturns();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsThreadWhenASpanThrows(Planted planted) {
        ChannelsTracing.use(started.system, throwing(OpenTelemetry.class, planted, 3));

        assertThatACallReturns();
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsThreadWhenTheLoggingContextThrows(Planted planted) throws ReflectiveOperationException {
        Field field = MDC.class.getDeclaredField("MDC_ADAPTER");
        field.setAccessible(true);
        Object adapter = field.get(null);
        field.set(null, throwing(MDCAdapter.class, planted, 0));
        try {
            assertThatACallReturns();
        } finally {
            field.set(null, adapter);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsItsThreadWhenALogFilterThrows(Planted planted) {
        LoggerContext logs = (LoggerContext) LoggerFactory.getILoggerFactory();
        logs.addTurboFilter(new TurboFilter() {
            @Override
            public FilterReply decide(
                    Marker marker, Logger logger, Level level, String format, Object[] parameters, Throwable failure) {
                if (logger.getName().startsWith("org.pekkochannels")) {
                    planted.raise();
                }
                return FilterReply.NEUTRAL;
            }
        });
        try {
            keepsItsThreadWhenATimerThrows(planted);
        } finally {
            logs.resetTurboFilterList();
        }
    }

    private void assertThatACallReturns() {
        CountDownLatch both = new CountDownLatch(1);
        CompletionStage<Integer> call = database.withHandle(handle -> {
            await(both);
            return 1;
        });
        CompletionStage<Integer> queued = database.withHandle(handle -> 2);
        both.countDown();

        int first = await(call);
        assertThat(first).isEqualTo(1);
        assertServes(queued);
    }

    private void assertServes(CompletionStage<Integer> queued) {
        int second = await(queued);
        int third = await(database.withHandle(handle -> 3));
        assertThat(second + third).isEqualTo(5);
        TestDatabase.assertNothingLeft(database);
    }

    /** Something of a guest's, whose methods return more of the kind, and throw from a certain depth on. */
    private static <T> T throwing(Class<T> type, Planted planted, int depth) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getDeclaringClass() == Object.class) {
                return method.getName().equals("equals") ? self == args[0] : (Object) 0;
            }
            if (depth == 0) {
                planted.raise();
            }
            Class<?> made = method.getReturnType();
            if (made.isInstance(self)) {
                return self;
            }
            return made.isInterface() ? throwing(made, planted, depth - 1) : null;
        }));
    }
}
