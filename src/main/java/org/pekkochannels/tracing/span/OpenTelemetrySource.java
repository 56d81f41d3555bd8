package org.pekkochannels.tracing.span;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Tracer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ObserverFailures;
import org.pekkochannels.concurrent.SafeLog;

/** Creates the tracers of one actor system, from OpenTelemetry's global instance or one of the application. Thread-safe. */
public final class OpenTelemetrySource implements Tracing.Source {
    private static final String SCOPE = "org.pekkochannels";

    private final ObserverFailures failures = new ObserverFailures(SafeLog.of(OpenTelemetrySource.class));
    private volatile @Nullable Tracer tracer;

    /** Sets the instance for all later traces. */
    public void use(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer(SCOPE);
    }

    @Override
    public CallTracer tracer(String span, Map<String, ?> attributes) {
        AttributesBuilder builder = Attributes.builder();
        attributes.forEach((key, value) -> put(builder, key, value));
        return new OpenTelemetryTracer(this, span, builder.build());
    }

    @Override
    public long failures() {
        return failures.count() + OpenTelemetryContext.failures();
    }

    /** A tracer, a span or a context's storage threw; the traced call continues. */
    void failed(Throwable failure) {
        failures.add("OpenTelemetry", failure);
    }

    /** The tracer, once there is an OpenTelemetry instance. */
    @Nullable
    Tracer tracer() {
        Tracer present = tracer;
        return present == null ? global() : present;
    }

    // Not get(), which would make a no-op the permanent global instance before the application has set its own.
    private @Nullable Tracer global() {
        if (GlobalOpenTelemetry.isSet()) {
            use(GlobalOpenTelemetry.getOrNoop());
        }
        return tracer;
    }

    private static void put(AttributesBuilder builder, String key, Object value) {
        if (value instanceof Number number) {
            builder.put(key, number.longValue());
        } else {
            builder.put(key, value.toString());
        }
    }
}
