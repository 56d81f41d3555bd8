package org.pekkochannels.tracing.span;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.pekkochannels.concurrent.Causes;

/** A call's span, with the caller's context. */
final class OpenTelemetryTrace implements CallTrace {
    private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("channels.database.wait_time");
    private static final AttributeKey<Double> RUN = AttributeKey.doubleKey("channels.database.run_time");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("channels.database.attempts");
    // From the semantic conventions for database client spans, stable since 1.33.
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("db.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final double NANOS = 1e9;

    private final OpenTelemetrySource source;
    private final Context caller;
    private final Span span;

    OpenTelemetryTrace(OpenTelemetrySource source, Context caller, Span span) {
        this.source = source;
        this.caller = caller;
        this.span = span;
    }

    @Override
    public Entered enter() {
        return entered(() -> span.getSpanContext().isValid() ? caller.with(span) : caller);
    }

    @Override
    public void end(Times times, Optional<Throwable> failure) {
        try {
            endSpan(times, failure);
        } catch (Throwable thrown) { // of a span processor or an exporter
            source.failed(thrown);
        }
    }

    // If that fails, the work runs in the thread's current context.
    @SuppressWarnings("MustBeClosedChecker") // Closed by what this returns.
    private Entered entered(Supplier<Context> context) {
        try {
            Context before = Context.current();
            Scope scope = context.get().makeCurrent();
            return () -> leave(scope, before);
        } catch (Throwable thrown) {
            source.failed(thrown);
            return Entered.NOTHING;
        }
    }

    private void endSpan(Times times, Optional<Throwable> failure) {
        if (span.isRecording()) {
            span.setAttribute(WAIT, times.waitNanos() / NANOS);
            span.setAttribute(RUN, times.runNanos() / NANOS);
            if (times.attempts() > 1) {
                span.setAttribute(ATTEMPTS, (long) times.attempts());
            }
            failure.ifPresent(this::fail);
        }
        span.end();
    }

    // A scope that the work has left open prevents ours from closing; the next call on this thread must not inherit it.
    @SuppressWarnings("MustBeClosedChecker")
    private void leave(Scope scope, Context before) {
        try {
            scope.close();
            if (Context.current() != before) {
                before.makeCurrent();
            }
        } catch (Throwable thrown) {
            source.failed(thrown);
        }
    }

    // Without message and stack, because a database's messages may contain user data.
    private void fail(Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        Optional<String> state = sqlState(failure);
        state.ifPresent(code -> span.setAttribute(STATUS, code));
        span.setAttribute(ERROR, state.orElse(failure.getClass().getName()));
    }

    private static Optional<String> sqlState(Throwable failure) {
        return Causes.first(failure, SQLException.class).map(SQLException::getSQLState);
    }
}
