package org.pekkochannels.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.sql.SQLException;
import java.util.Optional;

/** A call's span, and the context that its caller had. */
final class OpenTelemetryTrace implements CallTrace {
    private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("channels.database.wait_time");
    private static final AttributeKey<Double> RUN = AttributeKey.doubleKey("channels.database.run_time");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("channels.database.attempts");
    // Semantic conventions for database client spans, stable since 1.33.
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("db.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final double NANOS = 1e9;

    private final Context caller;
    private final Span span;

    OpenTelemetryTrace(Context caller, Span span) {
        this.caller = caller;
        this.span = span;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by what this returns.
    public Entered enter() {
        Context before = Context.current();
        Scope scope = (span.getSpanContext().isValid() ? caller.with(span) : caller).makeCurrent();
        return () -> leave(scope, before);
    }

    @Override
    public Runnable wrap(Runnable task) {
        return caller.wrap(task);
    }

    @Override
    public void end(Times times, Optional<Throwable> failure) {
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

    // A scope that the work has left open keeps ours from closing: the next call on this thread must not inherit it.
    @SuppressWarnings("MustBeClosedChecker")
    private static void leave(Scope scope, Context before) {
        scope.close();
        if (Context.current() != before) {
            before.makeCurrent();
        }
    }

    // No message and no stack: what a database says when it fails may hold the user's data.
    private void fail(Throwable failure) {
        span.setStatus(StatusCode.ERROR);
        Optional<String> state = sqlState(failure);
        state.ifPresent(code -> span.setAttribute(STATUS, code));
        span.setAttribute(ERROR, state.orElse(failure.getClass().getName()));
    }

    private static Optional<String> sqlState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.ofNullable(sql.getSQLState());
            }
        }
        return Optional.empty();
    }
}
