package org.pekkochannels.websocket;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.pekkochannels.settings.Settings;
import org.pekkochannels.websocket.codec.CompressionSettings;

/**
 * The section {@code channels.websocket} of the configuration, where each key is explained. Immutable.
 *
 * @param handshakeTimeout the time for a consumer to accept or refuse; enforced by the edge
 * @param attachTimeout the time from an acceptance until the connection must be attached; enforced by the edge
 * @param times the timeouts that the session enforces
 * @param leaseTimes the times around the end of a lease
 * @param bounds the sizes and numbers
 * @param slowReader the policy for a peer that does not read
 * @param compression whether and how messages are compressed
 */
public record SessionSettings(
        Duration handshakeTimeout,
        Duration attachTimeout,
        SessionTimes times,
        LeaseTimes leaseTimes,
        SessionBounds bounds,
        SlowReader slowReader,
        CompressionSettings compression) {
    private static final String PATH = "channels.websocket";
    // An endpoint may also set the dispatcher of its consumers, which the edge reads.
    private static final String DISPATCHER = "dispatcher";
    private static final String ENDPOINTS = "channels.endpoints";
    private static final Duration SHORTEST = Duration.ofMillis(10);

    /**
     * Reads and checks the section {@code channels.websocket}.
     *
     * @param root the whole, resolved configuration
     * @return the settings; fails with {@link com.typesafe.config.ConfigException} naming key, value and bounds
     */
    public static SessionSettings of(Config root) {
        return of(Settings.of(root, PATH));
    }

    /**
     * Reads and checks the sections of {@code channels.endpoints}, whose defaults are those of {@code channels.websocket}.
     *
     * @param root the whole, resolved configuration
     * @return the settings of each endpoint by its name; fails with {@link ConfigException} as {@link #of(Config)} does, and for an unknown
     *     key
     */
    public static Map<String, SessionSettings> endpoints(Config root) {
        Map<String, SessionSettings> endpoints = new HashMap<>();
        root.getObject(ENDPOINTS).keySet().forEach(name -> endpoints.put(name, endpoint(root, name)));
        return Map.copyOf(endpoints);
    }

    private static SessionSettings endpoint(Config root, String name) {
        String path = ConfigUtil.joinPath("channels", "endpoints", name);
        Config own = root.getConfig(path);
        own.entrySet().forEach(entry -> requireKnown(root, path, entry));
        return of(Settings.of(own.withFallback(root.getConfig(PATH)).atPath(path), path));
    }

    private static void requireKnown(Config root, String path, Map.Entry<String, ConfigValue> entry) {
        if (!entry.getKey().equals(DISPATCHER) && !root.hasPath(PATH + "." + entry.getKey())) {
            throw new ConfigException.BadValue(
                    entry.getValue().origin(), path + "." + entry.getKey(), "is not a key of " + PATH);
        }
    }

    private static SessionSettings of(Settings section) {
        return new SessionSettings(
                section.duration("handshake-timeout", SHORTEST, Duration.ofMinutes(10)),
                section.duration("attach-timeout", SHORTEST, Duration.ofMinutes(1)),
                SessionTimes.of(section),
                LeaseTimes.of(section),
                SessionBounds.of(section),
                section.choice("slow-reader", SlowReader.class),
                CompressionSettings.of(section));
    }
}
