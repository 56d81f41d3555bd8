package org.pekkochannels.concurrent;

/**
 * A clock for intervals, as in Guava and Caffeine: its values mean nothing by themselves, and never decrease. Thread-safe.
 *
 * <p>Times that end a connection, a membership or a warning are measured by the ticker of the actor system, {@link TimeSource#ticker}, so
 * that a test can move it. {@link #SYSTEM} is for real waiting: of threads, drivers and the operating system.
 */
@FunctionalInterface
public interface Ticker {
    /** The JVM's own, {@link System#nanoTime}. */
    Ticker SYSTEM = System::nanoTime;

    /**
     * The current value.
     *
     * @return nanoseconds since an arbitrary time; compare two values by their difference, because they may overflow
     */
    long read();
}
