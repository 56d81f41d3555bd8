package org.pekkochannels.tracing.span;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ObserverFailures;
import org.pekkochannels.concurrent.SafeLog;

/** OpenTelemetry's context of a thread. Stateless. The storage may be the application's, and may throw. */
final class OpenTelemetryContext {
    private static final ObserverFailures FAILURES = new ObserverFailures(SafeLog.of(OpenTelemetryContext.class));

    private OpenTelemetryContext() {}

    /** The number of failures of a storage in this JVM. */
    static long failures() {
        return FAILURES.count();
    }

    /** The context of this thread; null for the root, and if it is unknown. */
    static @Nullable Object current() {
        try {
            Context current = Context.current();
            return current == Context.root() ? null : current;
        } catch (Throwable failure) {
            FAILURES.add("OpenTelemetry's context", failure);
            return null;
        }
    }

    /** Makes the context current on this thread. Its scope stays open, because the next context is set explicitly, too. */
    @SuppressWarnings("MustBeClosedChecker")
    static void set(@Nullable Object context) {
        try {
            Scope unused = (context == null ? Context.root() : (Context) context).makeCurrent();
        } catch (Throwable failure) {
            FAILURES.add("OpenTelemetry's context", failure);
        }
    }
}
