package org.pekkochannels.websocket;

import java.time.Duration;
import org.pekkochannels.settings.Settings;

/**
 * The times around the end of a connection's {@link org.pekkochannels.protocol.Lease}. Immutable.
 *
 * @param notice how long before the end the consumer is notified
 * @param grace how long after the end the connection is closed
 */
public record LeaseTimes(Duration notice, Duration grace) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    static LeaseTimes of(Settings section) {
        return new LeaseTimes(
                section.duration("lease-notice", SHORTEST, HOUR), section.duration("lease-grace", SHORTEST, HOUR));
    }
}
