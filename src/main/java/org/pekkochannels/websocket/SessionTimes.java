package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.settings.Settings;

/**
 * The times that a session keeps once bytes flow; immutable.
 *
 * @param closeTimeout how long the peer may take to answer a close frame, to end its side, and then to take what was
 *     written
 * @param pingInterval after how long without a byte from the peer it is pinged, if ever
 * @param pongTimeout how long after a ping the peer may send nothing
 * @param idleTimeout after how long without a message in either direction the connection is closed, if ever
 * @param messageTimeout how long a message may take from its first byte to its last
 * @param writeTimeout how long the kernel may take nothing of what is to be sent
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
