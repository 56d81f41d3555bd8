package org.pekkochannels.tracing.span;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogContext;

/**
 * The state that code may leave on a thread for the next code: the logging context (MDC) and OpenTelemetry's context, if its API is on the
 * class path. Immutable.
 *
 * <p>A thread with neither costs one check of each, and no allocation. A context that throws is treated as empty.
 */
public final class ThreadContext {
    /** Empty. Always this object. */
    public static final ThreadContext EMPTY = new ThreadContext(LogContext.EMPTY, null);

    private static final boolean HAS_OPEN_TELEMETRY = Tracing.isPresent("io.opentelemetry.context.Context");

    private final LogContext log;
    // Null is the root context. Untyped, because OpenTelemetry is optional.
    private final @Nullable Object trace;

    private ThreadContext(LogContext log, @Nullable Object trace) {
        this.log = log;
        this.trace = trace;
    }

    /**
     * The current context of this thread.
     *
     * @return {@link #EMPTY} if both are empty
     */
    public static ThreadContext current() {
        return of(LogContext.current(), HAS_OPEN_TELEMETRY ? OpenTelemetryContext.current() : null);
    }

    /**
     * Empties the context of this thread.
     *
     * @return the previous context
     */
    public static ThreadContext clear() {
        ThreadContext before = current();
        EMPTY.replace(before);
        return before;
    }

    /** Makes this the context of this thread. */
    public void restore() {
        replace(current());
    }

    /** Like {@link #restore}, if the thread's logging context is probably not empty: it is not read, because reading copies it. */
    public void restoreAny() {
        log.replaceAny();
        Object present = HAS_OPEN_TELEMETRY ? OpenTelemetryContext.current() : null;
        if (trace != present) {
            OpenTelemetryContext.set(trace);
        }
    }

    /**
     * Runs a task on this thread in this context, and restores the thread's own afterwards.
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
     * This logging context, combined with the OpenTelemetry context of another.
     *
     * @param other provides the OpenTelemetry context
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
