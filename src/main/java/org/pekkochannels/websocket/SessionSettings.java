package org.pekkochannels.websocket;

import com.typesafe.config.Config;
import java.time.Duration;
import org.pekkochannels.settings.Settings;

/**
 * The section {@code channels.websocket} of the configuration, where each key is explained; immutable.
 *
 * @param handshakeTimeout how long a consumer may take to accept or refuse; the edge keeps this time
 * @param attachTimeout how long after an acceptance the connection must be attached; the edge keeps this time
 * @param times the times that the session keeps
 * @param bounds the sizes and numbers
 * @param slowReader what is done with a peer that does not read
 * @param compression whether and how messages are compressed
 */
public record SessionSettings(
        Duration handshakeTimeout,
        Duration attachTimeout,
        SessionTimes times,
        SessionBounds bounds,
        SlowReader slowReader,
        CompressionSettings compression) {
    private static final String PATH = "channels.websocket";
    private static final Duration SHORTEST = Duration.ofMillis(10);

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
                SessionTimes.of(section),
                SessionBounds.of(section),
                section.choice("slow-reader", SlowReader.class),
                CompressionSettings.of(root));
    }
}
