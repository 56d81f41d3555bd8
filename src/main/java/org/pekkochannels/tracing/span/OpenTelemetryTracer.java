package org.pekkochannels.tracing.span;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/** Starts the traces of one kind of call. Thread-safe. */
final class OpenTelemetryTracer implements CallTracer {
    private final OpenTelemetrySource source;
    private final String name;
    private final Attributes attributes;

    OpenTelemetryTracer(OpenTelemetrySource source, String name, Attributes attributes) {
        this.source = source;
        this.name = name;
        this.attributes = attributes;
        // Searches jar files for OpenTelemetry's storage at the start, not in a consumer's turn.
        load();
    }

    @Override
    public CallTrace begin() {
        try {
            return traced();
        } catch (Throwable failure) { // of a tracer, a sampler or a span processor
            source.failed(failure);
            return CallTrace.NONE;
        }
    }

    private void load() {
        try {
            Context unused = Context.current();
            // Otherwise the first call would initialize these classes, possibly with little stack left, and a failure
            // would make them unusable for good.
            Span unusedSpan = Span.getInvalid();
        } catch (Throwable failure) {
            source.failed(failure);
        }
    }

    private CallTrace traced() {
        Context caller = Context.current();
        Tracer tracer = source.tracer();
        Span span = tracer == null ? Span.getInvalid() : start(tracer, caller);
        boolean nothing = caller == Context.root() && !span.getSpanContext().isValid();
        return nothing ? CallTrace.NONE : new OpenTelemetryTrace(source, caller, span);
    }

    private Span start(Tracer tracer, Context caller) {
        return tracer.spanBuilder(name)
                .setParent(caller)
                .setSpanKind(SpanKind.CLIENT)
                .setAllAttributes(attributes)
                .startSpan();
    }
}
