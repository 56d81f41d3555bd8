package org.pekkochannels.tracing;

import java.util.Optional;

/**
 * One call as a trace sees it: a span whose parent is the caller's, and which ends when the call does.
 *
 * <p>Confined to one thread at a time.
 */
public interface CallTrace {
    /** Not traced; always this one object, so that a comparison by identity keeps the usual case cheap. */
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
     * How long a call took; immutable.
     *
     * @param waitNanos how long it waited
     * @param runNanos how long it ran, in all attempts
     * @param attempts how often it ran
     */
    record Times(long waitNanos, long runNanos, int attempts) {}

    /**
     * Makes the span the current one of this thread, so that spans of what runs here are its children.
     *
     * @return what takes it back; whatever has been made current since, the thread then has what it had before
     */
    Entered enter();

    /**
     * Ends the span.
     *
     * @param times how long it took
     * @param failure why it failed, if it did; of that, only its kind is told
     */
    void end(Times times, Optional<Throwable> failure);
}
