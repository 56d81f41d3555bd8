package org.pekkochannels.tracing.span;

/** Starts the traces of one kind of call. Thread-safe. */
@FunctionalInterface
public interface CallTracer {
    /** Traces nothing. Always this object. */
    CallTracer NONE = () -> CallTrace.NONE;

    /**
     * Starts a trace, on the caller's thread.
     *
     * @return the trace, which must be ended
     */
    CallTrace begin();
}
