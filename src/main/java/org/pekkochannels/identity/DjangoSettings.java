package org.pekkochannels.identity;

import com.typesafe.config.Config;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pekkochannels.settings.Settings;

/**
 * The keys of {@code channels.django}, checked. Immutable.
 *
 * @param database the name of a section of {@code channels.databases}; empty for {@code channels.database}
 * @param sessions checks what {@code SessionStore} has signed
 * @param passwords checks {@code _auth_user_hash}
 */
record DjangoSettings(
        String database, String cookieName, DjangoTables tables, DjangoSigner sessions, DjangoSigner passwords) {
    private static final String SECTION = "channels.django";
    private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,62}");

    static DjangoSettings of(Config config) {
        Settings settings = Settings.of(config, SECTION);
        List<String> keys = Stream.concat(
                        Stream.of(settings.text("secret-key")), settings.texts("secret-key-fallbacks").stream())
                .toList();
        if (keys.stream().anyMatch(String::isEmpty)) {
            throw settings.secret(
                    "secret-key",
                    "must be the SECRET_KEY of the Django site, and no key of secret-key-fallbacks may be empty");
        }
        return new DjangoSettings(
                settings.text("database"),
                settings.text("cookie-name"),
                new DjangoTables(
                        name(settings, "session-table"),
                        name(settings, "user-table"),
                        name(settings, "user-id-column"),
                        name(settings, "password-column"),
                        name(settings, "active-column")),
                // Django adds this word to the salt of each signer.
                new DjangoSigner(settings.text("session-salt") + "signer", keys),
                new DjangoSigner(settings.text("password-salt"), keys));
    }

    /** It becomes a part of a statement. */
    private static String name(Settings settings, String key) {
        String name = settings.text(key);
        if (!NAME.matcher(name).matches()) {
            throw settings.bad(
                    key,
                    "must be a name of 1 to 63 of [A-Za-z0-9_], not beginning with a digit, possibly after a schema and a dot",
                    name);
        }
        return name;
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return SECTION + " { cookie-name = " + cookieName + ", tables = " + tables + " }";
    }
}
