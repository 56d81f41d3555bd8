package org.pekkochannels.tracing.span;

import java.util.Optional;

/**
 * The trace of one call: a span that is a child of the caller's and ends with the call.
 *
 * <p>Confined to one thread at a time.
 */
public interface CallTrace {
    /** No trace. Always this object, so that the usual case is one comparison by identity. */
    CallTrace NONE = new CallTrace() {
        @Override
        public Entered enter() {
            return Entered.NOTHING;
        }

        @Override
        public void end(Times times, Optional<Throwable> failure) {}
    };

    /** Undone by {@link #close}, on the same thread. */
    @FunctionalInterface
    interface Entered extends AutoCloseable {
        /** Nothing to undo. */
        Entered NOTHING = () -> {};

        @Override
        void close();
    }

    /**
     * The times of a call. Immutable.
     *
     * @param waitNanos how long it waited
     * @param runNanos how long it ran, in all attempts
     * @param attempts how often it ran
     */
    record Times(long waitNanos, long runNanos, int attempts) {}

    /**
     * Makes the span current on this thread, so that spans created here become its children.
     *
     * @return restores the thread's previous context, even if another one has been made current since
     */
    Entered enter();

    /**
     * Ends the span.
     *
     * @param times the times of the call
     * @param failure the failure, if any; only its kind is recorded
     */
    void end(Times times, Optional<Throwable> failure);
}
