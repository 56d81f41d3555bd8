package org.pekkochannels.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/** Begins the traces of calls of one kind; thread-safe. */
final class OpenTelemetryTracer implements CallTracer {
    private final OpenTelemetrySource source;
    private final String name;
    private final Attributes attributes;

    OpenTelemetryTracer(OpenTelemetrySource source, String name, Attributes attributes) {
        this.source = source;
        this.name = name;
        this.attributes = attributes;
    }

    @Override
    public CallTrace begin() {
        Context caller = Context.current();
        Tracer tracer = source.tracer();
        if (tracer == null) {
            return caller == Context.root() ? CallTrace.NONE : new OpenTelemetryTrace(caller, Span.getInvalid());
        }
        return new OpenTelemetryTrace(
                caller,
                tracer.spanBuilder(name)
                        .setParent(caller)
                        .setSpanKind(SpanKind.CLIENT)
                        .setAllAttributes(attributes)
                        .startSpan());
    }
}
