package org.pekkochannels.database;

import org.pekkochannels.concurrent.LogContext;
import org.pekkochannels.tracing.CallTrace;

/**
 * What goes with a call from its caller's thread to the database thread and back: the logging context (MDC), and the trace
 * where there is one. Confined to one thread at a time.
 *
 * <p>What the callback does to the logging context comes back with the result; a trace comes back as the caller had it.
 */
final class CallContext {
    private final LogContext caller = LogContext.current();
    private final CallTrace trace;
    private LogContext after = caller;
    private CallTrace.Entered entered = CallTrace.Entered.NOTHING;

    /** That of this thread, now. */
    CallContext(CallTrace trace) {
        this.trace = trace;
    }

    /** Takes this database thread, which has none of its own, into the caller's context. */
    void enter() {
        caller.replace(LogContext.EMPTY);
        entered = trace.enter();
    }

    /** Never throws. Leaves nothing of it on this thread, where the next call must find neither it nor this one's interruption. */
    void leave() {
        entered.close();
        after = LogContext.current();
        LogContext.EMPTY.replace(after);
        Thread.interrupted();
    }

    /** Runs {@code task} on this thread as the callback has left things, and puts the thread's own context back. */
    void around(Runnable task) {
        after.around(trace.wrap(task));
    }
}
