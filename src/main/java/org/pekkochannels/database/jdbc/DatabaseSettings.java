package org.pekkochannels.database.jdbc;

import java.time.Duration;
import org.pekkochannels.settings.Settings;

/**
 * How to connect to a database. Immutable. It has no text form, because it contains the password.
 *
 * @param section the path of the section, for messages
 * @param name the name of the pool
 * @param url the address
 * @param user the user, or empty
 * @param password the password, or empty
 * @param readOnly whether connections may only read
 * @param failFast whether an unreachable database fails the start
 * @param connectionTimeout how long a call waits for a connection
 * @param networkTimeout how long a connection may wait for a packet
 * @param idleTimeout how long an idle connection stays open
 * @param maxLifetime how long a connection is used
 */
public record DatabaseSettings(
        String section,
        String name,
        DatabaseUrl url,
        String user,
        String password,
        boolean readOnly,
        boolean failFast,
        Duration connectionTimeout,
        Duration networkTimeout,
        Duration idleTimeout,
        Duration maxLifetime) {
    // HikariCP replaces smaller values with its defaults, and ignores an idle timeout that is not 1 s shorter than the
    // maximum lifetime; here they are rejected instead.
    private static final Duration SHORTEST_CONNECTION_TIMEOUT = Duration.ofMillis(250);
    private static final Duration SHORTEST_NETWORK_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration SHORTEST_IDLE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(30);

    public static DatabaseSettings of(DatabaseSection section) {
        Settings settings = section.settings();
        DatabaseUrl url = url(settings);
        Duration idle = settings.duration("idle-timeout", SHORTEST_IDLE_TIMEOUT, Duration.ofHours(12));
        return new DatabaseSettings(
                section.path(),
                section.name(),
                url,
                firstOf(settings.text("user"), url.user()),
                firstOf(settings.text("password"), url.password()),
                settings.flag("read-only"),
                settings.flag("fail-fast"),
                settings.duration("connection-timeout", SHORTEST_CONNECTION_TIMEOUT, Duration.ofMinutes(5)),
                settings.duration("network-timeout", SHORTEST_NETWORK_TIMEOUT, Duration.ofHours(24)),
                idle,
                lifetime(section, idle));
    }

    @Override
    public String toString() {
        return url.toString();
    }

    private static DatabaseUrl url(Settings settings) {
        String text = settings.text("url");
        DatabaseUrl url = DatabaseUrl.parse(text)
                .orElseThrow(() -> settings.bad(
                        "url",
                        DatabaseUrl.isSocket(text) ? DatabaseUrl.NO_SOCKET : DatabaseUrl.RULE,
                        DatabaseUrl.display(text)));
        if (url.isLost()) {
            throw settings.bad("url", DatabaseUrl.LASTING, url.toString());
        }
        return url;
    }

    private static String firstOf(String configured, String fromUrl) {
        return configured.isEmpty() ? fromUrl : configured;
    }

    private static Duration lifetime(DatabaseSection section, Duration idle) {
        Settings settings = section.settings();
        Duration lifetime = settings.duration("max-lifetime", SHORTEST_LIFETIME, Duration.ofHours(24));
        if (lifetime.compareTo(idle.plusSeconds(1)) < 0) {
            throw settings.bad(
                    "max-lifetime",
                    "must be at least 1s more than " + section.path() + ".idle-timeout, which is "
                            + settings.text("idle-timeout") + "; raise it, or lower idle-timeout",
                    settings.text("max-lifetime"));
        }
        return lifetime;
    }
}
