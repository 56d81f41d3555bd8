package org.pekkochannels.identity;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.headers.HttpCookie;
import org.apache.pekko.http.javadsl.model.headers.SameSite;
import org.apache.pekko.http.javadsl.model.headers.SetCookie;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/**
 * The cookie that carries a session: how it is named, read and set. Only the one name is read, and two cookies of it are none, because
 * another subdomain may have set one of them. Immutable.
 *
 * @param domain empty for the host alone
 */
record SessionCookie(String name, boolean secure, String path, String domain, SameSite sameSite) {
    private static final SafeLog LOG = SafeLog.of(SessionCookie.class);
    private static final String AUTO = "auto";
    private static final String PLAIN_NAME = "channels";
    // Browsers accept cookies with these prefixes only from secure pages; the first also only for the whole host.
    private static final String HOST = "__Host-";
    private static final String SECURE = "__Secure-";
    private static final Pattern PATH = Pattern.compile("/[!-:<-~]*");
    private static final Pattern DOMAIN = Pattern.compile("([A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*)?");

    private enum Secure {
        AUTO,
        ON,
        OFF
    }

    private enum Site {
        LAX,
        STRICT,
        NONE
    }

    /** Reads {@code channels.session}; fails with {@link com.typesafe.config.ConfigException} for rules that contradict each other. */
    static SessionCookie of(Settings settings, boolean development) {
        Secure chosen = settings.choice("cookie-secure", Secure.class);
        boolean secure = chosen == Secure.ON || (chosen == Secure.AUTO && !development);
        String text = settings.text("cookie-name");
        String name = text.equals(AUTO) ? (secure ? HOST : "") + PLAIN_NAME : text;
        SessionCookie cookie = new SessionCookie(
                name,
                secure,
                settings.text("cookie-path"),
                settings.text("cookie-domain"),
                sameSite(settings.choice("cookie-same-site", Site.class)));
        cookie.requireSound(settings);
        return cookie;
    }

    /** Over plain HTTP, others on the network can read the cookie. */
    void warnIfPlain(boolean development) {
        if (!secure && !development) {
            LOG.warn(
                    "channels.session.cookie-secure is off: the session cookie '{}' is sent over plain HTTP too, where"
                            + " others can read it",
                    name);
        }
    }

    private static SameSite sameSite(Site site) {
        return switch (site) {
            case LAX -> SameSite.Lax;
            case STRICT -> SameSite.Strict;
            case NONE -> SameSite.None;
        };
    }

    private void requireSound(Settings settings) {
        require(settings, "cookie-name", name, Header.isToken(name), "must be a token of RFC 9110, or auto");
        require(
                settings,
                "cookie-path",
                path,
                PATH.matcher(path).matches(),
                "must begin with a slash, in ASCII without" + " blanks and semicolons");
        require(
                settings,
                "cookie-domain",
                domain,
                DOMAIN.matcher(domain).matches(),
                "must be a domain without a" + " leading dot, or empty for the host alone");
        if (name.regionMatches(true, 0, HOST, 0, HOST.length())) {
            requireWholeHost(settings);
        }
        require(
                settings,
                "cookie-secure",
                "off",
                secure || !name.regionMatches(true, 0, SECURE, 0, SECURE.length()),
                "must be on for the cookie '" + name + "', because browsers reject it otherwise");
        require(
                settings,
                "cookie-secure",
                "off",
                secure || sameSite != SameSite.None,
                "must be on with cookie-same-site = none, because browsers reject the cookie otherwise");
    }

    private void requireWholeHost(Settings settings) {
        String words = " for the cookie '" + name + "', because browsers reject it otherwise; set cookie-name to a name"
                + " without the prefix __Host-";
        require(settings, "cookie-secure", "off", secure, "must be on" + words);
        require(settings, "cookie-path", path, path.equals("/"), "must be '/'" + words);
        require(settings, "cookie-domain", domain, domain.isEmpty(), "must be empty" + words);
    }

    private static void require(Settings settings, String key, String was, boolean sound, String rule) {
        if (!sound) {
            throw settings.bad(key, rule, was);
        }
    }

    /** The value of the only cookie of this name. */
    Optional<String> read(Scope scope) {
        return scope.cookie(name);
    }

    /** Whether the request has cookies of this name, even if their number makes them invalid. */
    boolean isIn(Scope scope) {
        return !scope.cookies(name).isEmpty();
    }

    /** The header that sets the cookie in the browser. */
    HttpHeader set(String value, Duration maxAge) {
        return SetCookie.create(cookie(value).withMaxAge(Math.max(0, maxAge.toSeconds())));
    }

    /** The header that removes the cookie from the browser. */
    HttpHeader remove() {
        return SetCookie.create(cookie("").withMaxAge(0));
    }

    /** How many bytes name and value take, of the 4096 that browsers accept (RFC 6265bis, section 5.6). */
    int bytes(int valueLength) {
        return name.length() + valueLength;
    }

    private HttpCookie cookie(String value) {
        HttpCookie cookie = HttpCookie.create(name, value)
                .withPath(path)
                .withSecure(secure)
                .withHttpOnly(true)
                .withSameSite(sameSite);
        return domain.isEmpty() ? cookie : cookie.withDomain(domain);
    }
}
