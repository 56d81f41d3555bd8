package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.settings.Settings;

/**
 * The timeouts that a session enforces once the connection is attached. Immutable.
 *
 * @param closeTimeout the time for the peer to answer a close frame, to end its side, and then to take pending output
 * @param pingInterval the time without a byte from the peer after which it is pinged, if any
 * @param pongTimeout the time after a ping in which the peer must send something
 * @param idleTimeout the time without a message in either direction after which the connection is closed, if any
 * @param messageTimeout the time for a message from its first byte to its last
 * @param writeTimeout the time in which the kernel must take some of the pending output
 */
public record SessionTimes(
        Duration closeTimeout,
        Optional<Duration> pingInterval,
        Duration pongTimeout,
        Optional<Duration> idleTimeout,
        Duration messageTimeout,
        Duration writeTimeout) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration HOUR = Duration.ofHours(1);

    static SessionTimes of(Settings section) {
        return new SessionTimes(
                section.duration("close-timeout", SHORTEST, Duration.ofMinutes(1)),
                section.durationOrOff("ping-interval", SHORTEST, HOUR),
                section.duration("pong-timeout", SHORTEST, HOUR),
                section.durationOrOff("idle-timeout", SHORTEST, Duration.ofDays(7)),
                section.duration("message-timeout", SHORTEST, HOUR),
                section.duration("write-timeout", SHORTEST, HOUR));
    }
}
