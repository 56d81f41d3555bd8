package org.pekkochannels.database;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.settings.Settings;

/**
 * When work must have ended, over any number of calls and databases: see {@link Database#within(Deadline)}. Counts from its creation.
 * Immutable.
 */
public final class Deadline {
    // As long as the longest configurable time, and well below the maximum of schedulers.
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Duration budget;
    private final String key;
    private final long startNanos = Ticker.SYSTEM.read();

    private Deadline(Duration budget, String key) {
        this.budget = budget;
        this.key = key;
    }

    /**
     * A deadline that begins now.
     *
     * @param time how long the work may take; longer than zero and at most 24 hours
     * @return the deadline
     * @throws IllegalArgumentException if the time is out of bounds
     */
    public static Deadline after(Duration time) {
        return after(requireNonNull(time, "the time of a deadline must not be null"), "deadline");
    }

    /**
     * A deadline that begins now, with a name for exceptions.
     *
     * @param time how long the work may take; longer than zero and at most 24 hours
     * @param key what sets it, for example the name of a configuration key
     * @return the deadline
     * @throws IllegalArgumentException if the time is out of bounds
     */
    public static Deadline after(Duration time, String key) {
        return new Deadline(checked(time, key), key);
    }

    /**
     * The remaining time.
     *
     * @return the time, zero or negative after the deadline
     */
    public Duration remaining() {
        return budget.minus(elapsed());
    }

    /**
     * Whether the deadline has passed.
     *
     * @return whether no time remains
     */
    public boolean isOver() {
        return elapsed().compareTo(budget) >= 0;
    }

    /** The time, which must be within the bounds; the message names what sets it. */
    static Duration checked(Duration time, String key) {
        if (time.isZero() || time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(key + " must be longer than zero and at most 24h, was "
                    + Settings.written(time) + "; leave it out if there is no limit");
        }
        return time;
    }

    /** The maximum wait of a stop: like a deadline, but zero is permitted. */
    static Duration checkedPatience(Duration patience) {
        if (requireNonNull(patience, "the patience of stop(..) must not be null")
                        .isNegative()
                || patience.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("patience must be from zero to 24h, was " + Settings.written(patience));
        }
        return patience;
    }

    /** The earlier of two deadlines, of which either may be missing. */
    static @Nullable Deadline earlier(@Nullable Deadline one, @Nullable Deadline other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.remaining().compareTo(other.remaining()) <= 0 ? one : other;
    }

    /**
     * The whole time at its creation.
     *
     * @return the time
     */
    public Duration budget() {
        return budget;
    }

    /**
     * What sets it, as given at its creation.
     *
     * @return for example the name of a configuration key
     */
    public String key() {
        return key;
    }

    Duration elapsed() {
        return Duration.ofNanos(Ticker.SYSTEM.read() - startNanos);
    }
}
