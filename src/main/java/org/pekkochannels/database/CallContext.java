package org.pekkochannels.database;

import org.pekkochannels.tracing.CallTrace;
import org.pekkochannels.tracing.ThreadContext;

/**
 * What goes with a call from its caller's thread to the database thread and back: the logging context (MDC), OpenTelemetry's
 * context, and the call's span where it is traced. Confined to one thread at a time.
 *
 * <p>What the callback does to the logging context comes back with the result; OpenTelemetry's comes back as the caller had it.
 */
final class CallContext {
    private final ThreadContext caller = ThreadContext.current();
    private final CallTrace trace;
    private ThreadContext after = caller;
    private CallTrace.Entered entered = CallTrace.Entered.NOTHING;

    /** That of this thread, now. */
    CallContext(CallTrace trace) {
        this.trace = trace;
    }

    /** Takes this database thread into the caller's context, whatever a meter or a tracer has left on it. */
    void enter() {
        caller.restore();
        entered = trace.enter();
    }

    /** Never throws. Leaves nothing of it on this thread, where the next call must find neither it nor this one's interruption. */
    void leave() {
        entered.close();
        after = ThreadContext.clear().tracedAs(caller);
        Thread.interrupted();
    }

    /** Runs {@code task} on this thread as the callback has left things, and puts the thread's own context back. */
    void around(Runnable task) {
        after.around(task);
    }
}
