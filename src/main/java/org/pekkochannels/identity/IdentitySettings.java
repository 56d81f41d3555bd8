package org.pekkochannels.identity;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pekkochannels.settings.Settings;

/**
 * The keys of {@code channels.session}, checked. Immutable.
 *
 * @param database with the table, and for the users
 * @param idleTimeout how long a session may be unused
 * @param checkInterval how often the sessions of open WebSockets are read again
 * @param ticketTable the table with one-time tickets
 * @param ticketMaxAge how long a ticket may be unused
 * @param keys sign cookies; the first one is used for new ones
 */
record IdentitySettings(
        Store store,
        ChosenDatabase database,
        String table,
        Duration maxAge,
        Optional<Duration> idleTimeout,
        int maxBytes,
        Optional<Duration> cleanupInterval,
        Duration checkInterval,
        String ticketTable,
        Duration ticketMaxAge,
        List<byte[]> keys,
        SessionCookie cookie) {
    private static final String SECTION = "channels.session";
    private static final Pattern TABLE =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,47}\\.)?[A-Za-z_][A-Za-z0-9_]{0,47}");
    // As long as the output of HMAC-SHA256; a shorter key is weaker than the signature (RFC 2104, section 3).
    private static final int LEAST_KEY_BYTES = 32;

    enum Store {
        DATABASE,
        COOKIE
    }

    static IdentitySettings of(Config config) {
        Settings settings = Settings.of(config, SECTION);
        IdentitySettings read = new IdentitySettings(
                settings.choice("store", Store.class),
                ChosenDatabase.of(settings, config),
                table(settings, "table"),
                settings.duration("max-age", Duration.ofMinutes(1), Duration.ofDays(400)),
                settings.durationOrOff("idle-timeout", Duration.ofMinutes(5), Duration.ofDays(400)),
                settings.bytes("max-bytes", 64, 1 << 20),
                settings.durationOrOff("cleanup-interval", Duration.ofSeconds(1), Duration.ofDays(1)),
                settings.duration("check-interval", Duration.ofSeconds(1), Duration.ofDays(1)),
                table(settings, "ticket-table"),
                settings.duration("ticket-max-age", Duration.ofSeconds(1), Duration.ofMinutes(5)),
                keys(settings),
                SessionCookie.of(settings, Settings.isDevelopment(config)));
        read.requireSound(settings);
        return read;
    }

    private static String table(Settings settings, String key) {
        String table = settings.text(key);
        if (!TABLE.matcher(table).matches()) {
            throw settings.bad(
                    key,
                    "must be a name of 1 to 48 of [A-Za-z0-9_], not beginning with a digit,"
                            + " possibly after a schema and a dot",
                    table);
        }
        return table;
    }

    /** No message contains a key. */
    private static List<byte[]> keys(Settings settings) {
        String rule = "must be a list of texts, each of at least " + LEAST_KEY_BYTES + " bytes of UTF-8; 'openssl rand"
                + " -base64 32' makes one";
        List<byte[]> keys;
        try {
            keys = settings.texts("keys").stream()
                    .map(key -> key.getBytes(StandardCharsets.UTF_8))
                    .toList();
        } catch (ConfigException.BadValue wrong) {
            throw settings.secret("keys", rule);
        }
        if (keys.stream().anyMatch(key -> key.length < LEAST_KEY_BYTES)) {
            throw settings.secret("keys", rule);
        }
        return keys;
    }

    private void requireSound(Settings settings) {
        if (store == Store.COOKIE && keys.isEmpty()) {
            throw settings.secret("keys", "must have a key with channels.session.store = cookie, to sign the cookies");
        }
        if (store == Store.COOKIE && idleTimeout.isPresent()) {
            throw settings.bad(
                    "idle-timeout",
                    "must be off with channels.session.store = cookie, which does not know"
                            + " when a session was used; lower max-age",
                    Settings.written(idleTimeout.get()));
        }
    }

    /** Sessions in cookies have no table to keep the tickets in, and cannot be bound to one. */
    void requireTickets(Config config) {
        if (store == Store.COOKIE) {
            throw Settings.of(config, SECTION)
                    .bad(
                            "store",
                            "must be database, because the application uses tickets (Sessions.withTickets()),"
                                    + " which need a table",
                            "cookie");
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return SECTION + " { store = " + store + ", cookie-name = " + cookie.name() + ", " + keys.size() + " keys }";
    }
}
