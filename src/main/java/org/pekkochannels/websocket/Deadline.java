package org.pekkochannels.websocket;

import java.time.Duration;

/**
 * A time limit kept by a coarse timer: it runs from the first tick after it was armed, so that arming needs no clock.
 *
 * <p>Confined to the connection's thread; whether it is armed may be asked from anywhere.
 */
final class Deadline {
    private final long nanos;
    private volatile boolean armed;
    private boolean running;
    private long end;

    Deadline(Duration limit) {
        nanos = limit.toNanos();
    }

    /** Starts it, anew if it runs. */
    void arm() {
        armed = true;
        running = false;
    }

    void disarm() {
        armed = false;
    }

    boolean isArmed() {
        return armed;
    }

    /** Whether it has passed; then it is armed no more. */
    boolean isPassed(long nanoTime) {
        if (!armed) {
            return false;
        }
        if (!running) {
            running = true;
            end = nanoTime + nanos;
        }
        boolean passed = nanoTime - end >= 0;
        armed = !passed;
        return passed;
    }
}
