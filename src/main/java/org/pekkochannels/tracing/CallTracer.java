package org.pekkochannels.tracing;

/** Begins the traces of calls of one kind; thread-safe. */
@FunctionalInterface
public interface CallTracer {
    /** Traces nothing; always this one object. */
    CallTracer NONE = () -> CallTrace.NONE;

    /**
     * Begins one, on its caller's thread.
     *
     * @return the trace, to be ended
     */
    CallTrace begin();
}
