package org.pekkochannels.websocket;

import com.typesafe.config.Config;
import java.time.Duration;
import org.pekkochannels.settings.Settings;

/**
 * The section {@code channels.websocket} of the configuration, where each key is explained; immutable.
 *
 * @param handshakeTimeout how long a consumer may take to accept or refuse; the edge keeps this time
 * @param attachTimeout how long after an acceptance the connection must be attached; the edge keeps this time
 * @param closeTimeout how long the peer may take to answer a close frame and to end its side
 * @param maxMessageBytes the largest message a client may send
 * @param maxFrames the most fragments a client may send a message in
 * @param readAhead how many bytes of undelivered messages stop the reading
 * @param maxOutboundBytes how many unsent bytes end a connection whose peer does not read
 */
public record SessionSettings(
        Duration handshakeTimeout,
        Duration attachTimeout,
        Duration closeTimeout,
        int maxMessageBytes,
        int maxFrames,
        int readAhead,
        int maxOutboundBytes) {
    private static final String PATH = "channels.websocket";
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final int GIBIBYTE = 1 << 30;

    /**
     * Reads and checks the section {@code channels.websocket}.
     *
     * @param root the whole, resolved configuration
     * @return the settings; fails with {@link com.typesafe.config.ConfigException} naming key, value and bounds
     */
    public static SessionSettings of(Config root) {
        Settings section = Settings.of(root, PATH);
        return new SessionSettings(
                section.duration("handshake-timeout", SHORTEST, Duration.ofMinutes(10)),
                section.duration("attach-timeout", SHORTEST, Duration.ofMinutes(1)),
                section.duration("close-timeout", SHORTEST, Duration.ofMinutes(1)),
                section.bytes("max-message-bytes", 1, GIBIBYTE),
                section.integer("max-frames", 1, 1_000_000),
                section.bytes("read-ahead", 0, GIBIBYTE),
                section.bytes("max-outbound-bytes", 1024, GIBIBYTE));
    }
}
