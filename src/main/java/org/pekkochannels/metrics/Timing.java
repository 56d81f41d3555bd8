package org.pekkochannels.metrics;

/** Takes lengths of time; thread-safe. */
@FunctionalInterface
public interface Timing {
    /** Forgets them; always this one object, so that who sees it need not look at the clock. */
    Timing NONE = nanos -> {};

    /**
     * Takes one. Never throws: what a registry throws is logged and counted.
     *
     * @param nanos its nanoseconds
     */
    void record(long nanos);
}
