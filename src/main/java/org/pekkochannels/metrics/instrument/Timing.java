package org.pekkochannels.metrics.instrument;

/** Records durations. Thread-safe. */
@FunctionalInterface
public interface Timing {
    /** Records nothing. Always this object, so that callers can check for it and skip reading the clock. */
    Timing NONE = nanos -> {};

    /**
     * Records a duration. Never throws: failures of a registry are logged and counted.
     *
     * @param nanos the duration in nanoseconds
     */
    void record(long nanos);
}
