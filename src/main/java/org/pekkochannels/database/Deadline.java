package org.pekkochannels.database;

import java.time.Duration;

/** When one call must be over; it counts from the call. Immutable. */
final class Deadline {
    private final Duration budget;
    private final long startNanos = System.nanoTime();

    Deadline(Duration budget) {
        this.budget = budget;
    }

    Duration budget() {
        return budget;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** What is left; zero or negative when it is over. */
    Duration remaining() {
        return budget.minus(elapsed());
    }

    boolean isOver() {
        return elapsed().compareTo(budget) >= 0;
    }
}
