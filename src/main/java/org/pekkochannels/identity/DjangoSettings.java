package org.pekkochannels.identity;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pekkochannels.settings.Settings;

/**
 * The keys of {@code channels.django}, checked. Immutable.
 *
 * @param database with the site's tables, and for the users
 * @param sessions checks what {@code SessionStore} has signed
 * @param passwords checks {@code _auth_user_hash}
 */
record DjangoSettings(
        ChosenDatabase database,
        String cookieName,
        DjangoTables tables,
        DjangoSigner sessions,
        DjangoSigner passwords) {
    private static final String SECTION = "channels.django";
    private static final Pattern COOKIE = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,62}");

    /** The keys of an application that uses {@link DjangoSessions}. */
    static DjangoSettings of(Config config) {
        Settings settings = Settings.of(config, SECTION);
        if (settings.text("secret-key").isEmpty()) {
            throw settings.secret("secret-key", "must be the SECRET_KEY of the Django site");
        }
        return checked(config);
    }

    /** Also for an application that does not use it, which has no secret key. */
    static DjangoSettings checked(Config config) {
        Settings settings = Settings.of(config, SECTION);
        List<String> keys = keys(settings);
        return new DjangoSettings(
                ChosenDatabase.of(settings, config),
                cookieName(settings),
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

    private static String cookieName(Settings settings) {
        String name = settings.text("cookie-name");
        if (!COOKIE.matcher(name).matches()) {
            throw settings.bad(
                    "cookie-name", "must be the name of a cookie: 1 to 100 of [A-Za-z0-9!#$%&'*+.^_`|~-]", name);
        }
        return name;
    }

    /** No message contains a key. */
    private static List<String> keys(Settings settings) {
        List<String> former;
        try {
            former = settings.texts("secret-key-fallbacks");
        } catch (ConfigException wrong) {
            throw settings.secret("secret-key-fallbacks", "must be a list of texts");
        }
        if (former.stream().anyMatch(String::isEmpty)) {
            throw settings.secret("secret-key-fallbacks", "must not have an empty text");
        }
        return Stream.concat(Stream.of(settings.text("secret-key")), former.stream())
                .toList();
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
