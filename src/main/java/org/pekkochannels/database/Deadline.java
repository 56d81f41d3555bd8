package org.pekkochannels.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When work must be over, through however many calls and databases it goes: see {@link Database#within(Deadline)}. It
 * counts from its creation. Immutable.
 */
public final class Deadline {
    private final Duration budget;
    private final String key;
    private final long startNanos = System.nanoTime();

    private Deadline(Duration budget, String key) {
        this.budget = budget;
        this.key = key;
    }

    /**
     * A deadline that begins now.
     *
     * @param time how long the work may take; longer than zero
     * @return the deadline
     */
    public static Deadline after(Duration time) {
        return after(time, "deadline");
    }

    /**
     * A deadline that begins now, and says in exceptions who has set it.
     *
     * @param time how long the work may take; longer than zero
     * @param key what sets it, for example the name of a configuration key
     * @return the deadline
     */
    public static Deadline after(Duration time, String key) {
        return new Deadline(checked(time), key);
    }

    /**
     * What is left.
     *
     * @return the time, zero or negative when the deadline is over
     */
    public Duration remaining() {
        return budget.minus(elapsed());
    }

    /**
     * Whether nothing is left.
     *
     * @return whether the deadline is over
     */
    public boolean isOver() {
        return elapsed().compareTo(budget) >= 0;
    }

    static Duration checked(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("time must be longer than zero, was " + time);
        }
        return time;
    }

    /** The one that is over first, of those that there are. */
    static @Nullable Deadline earlier(@Nullable Deadline one, @Nullable Deadline other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.remaining().compareTo(other.remaining()) <= 0 ? one : other;
    }

    Duration budget() {
        return budget;
    }

    String key() {
        return key;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }
}
