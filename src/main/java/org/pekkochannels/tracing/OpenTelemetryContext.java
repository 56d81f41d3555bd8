package org.pekkochannels.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ObserverFailures;
import org.pekkochannels.concurrent.SafeLog;

/** OpenTelemetry's context of a thread; stateless. The storage may be the application's, and may throw. */
final class OpenTelemetryContext {
    private static final ObserverFailures FAILURES = new ObserverFailures(SafeLog.of(OpenTelemetryContext.class));

    private OpenTelemetryContext() {}

    /** How often a storage failed in this JVM. */
    static long failures() {
        return FAILURES.count();
    }

    /** This thread's; null for the root, and where that is unknown. */
    static @Nullable Object current() {
        try {
            Context current = Context.current();
            return current == Context.root() ? null : current;
        } catch (Throwable failure) {
            FAILURES.add("OpenTelemetry's context", failure);
            return null;
        }
    }

    /** Makes it this thread's. Its scope stays open: what the thread has next is set, and not what it had before. */
    @SuppressWarnings("MustBeClosedChecker")
    static void set(@Nullable Object context) {
        try {
            Scope unused = (context == null ? Context.root() : (Context) context).makeCurrent();
        } catch (Throwable failure) {
            FAILURES.add("OpenTelemetry's context", failure);
        }
    }
}
