package org.pekkochannels.database;

import org.pekkochannels.tracing.span.CallTrace;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * The context that a call carries from its caller's thread to the database thread and back: the logging context (MDC), OpenTelemetry's
 * context, and the call's span if it is traced. Confined to one thread at a time.
 *
 * <p>The callback's changes to the logging context return with the result; OpenTelemetry's context returns unchanged.
 */
final class CallContext {
    private final ThreadContext caller = ThreadContext.current();
    private final CallTrace trace;
    private ThreadContext after = caller;
    private CallTrace.Entered entered = CallTrace.Entered.NOTHING;

    /** The current context of this thread. */
    CallContext(CallTrace trace) {
        this.trace = trace;
    }

    /** Switches this database thread to the caller's context, whatever a meter or a tracer has left on it. */
    void enter() {
        caller.restore();
        entered = trace.enter();
    }

    /** Never throws. Clears the context and the interrupt flag, so that the next call on this thread inherits neither. */
    void leave() {
        entered.close();
        after = ThreadContext.clear().tracedAs(caller);
        Thread.interrupted();
    }

    /** Runs {@code task} on this thread in the context that the callback left, and restores the thread's own afterwards. */
    void around(Runnable task) {
        after.around(task);
    }
}
