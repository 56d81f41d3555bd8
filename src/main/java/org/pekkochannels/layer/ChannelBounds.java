package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.pekkochannels.settings.Settings;

/**
 * The bounds of the channels of one node. Immutable.
 *
 * @param capacity the most events that may wait in one channel, from 1 to 1000000
 * @param capacityBytes the most bytes of payloads that may wait in one channel, at least 1024; a channel in which nothing waits accepts an
 *     event of any size
 * @param expiry how long an event may wait, longer than zero and at most 24 hours
 */
public record ChannelBounds(int capacity, int capacityBytes, Duration expiry) {
    /** The default of {@code channels.layer.capacity-bytes}, in bytes. */
    static final int DEFAULT_BYTES = 1 << 20;

    private static final int MAX_CAPACITY = 1_000_000;
    private static final int MIN_BYTES = 1 << 10;
    private static final int MAX_BYTES = 1 << 30;
    private static final Duration MIN_EXPIRY = Duration.ofMillis(100);
    private static final Duration MAX_EXPIRY = Duration.ofHours(24);

    /**
     * Checks the bounds; fails with an {@link IllegalArgumentException} that names the value.
     *
     * @param capacity the most events
     * @param capacityBytes the most bytes
     * @param expiry the longest wait
     */
    public ChannelBounds {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity of a channel must be from 1 to " + MAX_CAPACITY + ", was " + capacity);
        }
        if (capacityBytes < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "capacity of a channel in bytes must be at least " + MIN_BYTES + ", was " + capacityBytes);
        }
        requireNonNull(expiry, "the expiry of events must not be null");
        if (expiry.isZero() || expiry.isNegative() || expiry.compareTo(MAX_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "expiry of events must be longer than zero and at most 24h, was " + Settings.written(expiry));
        }
    }

    ChannelBounds(int capacity, Duration expiry) {
        this(capacity, DEFAULT_BYTES, expiry);
    }

    /**
     * Reads {@code capacity}, {@code capacity-bytes} and {@code expiry}.
     *
     * @param settings the section {@code channels.layer}
     * @return the bounds; fails with a {@code ConfigException} that names the key
     */
    public static ChannelBounds of(Settings settings) {
        return new ChannelBounds(
                settings.integer("capacity", 1, MAX_CAPACITY),
                settings.bytes("capacity-bytes", MIN_BYTES, MAX_BYTES),
                settings.duration("expiry", MIN_EXPIRY, MAX_EXPIRY));
    }
}
