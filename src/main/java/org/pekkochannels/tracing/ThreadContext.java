package org.pekkochannels.tracing;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogContext;

/**
 * What code may leave on a thread, and the next code on that thread would see: the logging context (MDC) and OpenTelemetry's
 * context, where its API is on the class path. Immutable.
 *
 * <p>A thread without either costs one look at each, and no allocation. A context that throws is treated as empty.
 */
public final class ThreadContext {
    /** Nothing; always this one object. */
    public static final ThreadContext EMPTY = new ThreadContext(LogContext.EMPTY, null);

    private static final boolean HAS_OPEN_TELEMETRY = Tracing.isPresent("io.opentelemetry.context.Context");

    private final LogContext log;
    // Null is the root context. Not of its type, because OpenTelemetry is optional.
    private final @Nullable Object trace;

    private ThreadContext(LogContext log, @Nullable Object trace) {
        this.log = log;
        this.trace = trace;
    }

    /**
     * The context of this thread, now.
     *
     * @return {@link #EMPTY} where there is nothing
     */
    public static ThreadContext current() {
        return of(LogContext.current(), HAS_OPEN_TELEMETRY ? OpenTelemetryContext.current() : null);
    }

    /**
     * Empties the context of this thread.
     *
     * @return what it was
     */
    public static ThreadContext clear() {
        ThreadContext before = current();
        EMPTY.replace(before);
        return before;
    }

    /** Makes this the context of this thread, whatever it is now. */
    public void restore() {
        replace(current());
    }

    /**
     * Runs a task on this thread in this context, and puts the thread's own back.
     *
     * @param task may throw
     */
    public void around(Runnable task) {
        ThreadContext own = current();
        replace(own);
        try {
            task.run();
        } finally {
            own.restore();
        }
    }

    /**
     * The logging context of this, and OpenTelemetry's of another.
     *
     * @param other whose it is
     * @return the context
     */
    public ThreadContext tracedAs(ThreadContext other) {
        return other.trace == trace ? this : of(log, other.trace);
    }

    private static ThreadContext of(LogContext log, @Nullable Object trace) {
        return log == LogContext.EMPTY && trace == null ? EMPTY : new ThreadContext(log, trace);
    }

    private void replace(ThreadContext present) {
        log.replace(present.log);
        if (trace != present.trace) {
            OpenTelemetryContext.set(trace);
        }
    }
}
