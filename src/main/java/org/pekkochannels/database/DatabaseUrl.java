package org.pekkochannels.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the database is: a JDBC URL, and the credentials that stood in it; immutable.
 *
 * <p>Platforms write it in forms of their own, by which applications in any language find it: {@code postgres://},
 * {@code mysql://}, {@code mariadb://}, and for a file {@code sqlite:}.
 *
 * <p>Its text form is {@link #display}, so that credentials do not slip into a log.
 *
 * @param jdbc what the driver is given
 * @param user from a URL that is none of JDBC's, decoded, or empty
 * @param password from a URL that is none of JDBC's, decoded, or empty
 */
record DatabaseUrl(String jdbc, String user, String password) {
    private static final String HOST = "(?:\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/?#@,\\s]+)(?::\\d{1,5})?";

    // The form of libpq and of DATABASE_URL on most platforms; several hosts are separated by commas.
    private static final Pattern SERVER = Pattern.compile("(?<scheme>(?i:postgres|postgresql|mysql|mariadb))://"
            + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
            + "(?<hosts>" + HOST + "(?:," + HOST + ")*)?"
            + "(?:/(?<database>[^?#]*))?"
            + "(?:\\?(?<parameters>[^#]*))?");

    // sqlite:file, or as SQLAlchemy and Django have it: sqlite:///relative and sqlite:////absolute.
    private static final Pattern SQLITE =
            Pattern.compile("(?i:sqlite3?):(?:///)?(?<path>(?!//)[^?#]*)(?:\\?(?<parameters>[^#]*))?");

    private static final Pattern SQLITE_IN_MEMORY =
            Pattern.compile("jdbc:sqlite:(?::memory:|file::memory:)?(?:\\?.*)?|jdbc:sqlite:.*[?&]mode=memory.*");

    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:");

    // The driver's name; what follows may hold anything.
    private static final Pattern SUBPROTOCOL = Pattern.compile("^jdbc:[a-zA-Z0-9_.+-]+:");

    /** The rule that {@link #parse} checks. */
    static final String RULE = "must be a JDBC URL (jdbc:...), or postgres://, mysql:// or mariadb:// with"
            + " user:password@host:port/database, user and password percent-encoded, or sqlite:file (environment variable"
            + " DATABASE_URL sets it)";

    /** The rule that {@link #isLost} breaks. */
    static final String LASTING = "must not be SQLite in memory: each connection has a database of its own there, and"
            + " connections come and go; name a file (sqlite:data.db), or take H2 in memory"
            + " (jdbc:h2:mem:name;DB_CLOSE_DELAY=-1)";

    /** Reads any of the forms; empty when it is none. */
    static Optional<DatabaseUrl> parse(String text) {
        if (SUBPROTOCOL.matcher(text).find()) {
            return Optional.of(new DatabaseUrl(text, "", ""));
        }
        Matcher server = SERVER.matcher(text);
        Matcher file = SQLITE.matcher(text);
        try {
            return server.matches() ? Optional.of(server(server)) : file.matches() ? sqlite(file) : Optional.empty();
        } catch (IllegalArgumentException notPercentEncoded) {
            // Not chained: its message holds a piece of the password.
            return Optional.empty();
        }
    }

    /** As much of {@code text} as holds no secret, whatever it is. */
    static String display(String text) {
        int parameters = firstOf(text, '?', ';');
        if (text.indexOf('@') < 0 && text.startsWith("jdbc:")) {
            return text.substring(0, parameters);
        }
        Matcher start = (text.startsWith("jdbc:") ? SUBPROTOCOL : SCHEME).matcher(text);
        return start.find() ? start.group() + "..." : "...";
    }

    /** The driver's name, {@code postgresql} for example. */
    String subprotocol() {
        return jdbc.substring("jdbc:".length(), jdbc.indexOf(':', "jdbc:".length()));
    }

    /** Whether what is written there may be gone, or never seen, by the next connection. */
    boolean isLost() {
        return SQLITE_IN_MEMORY.matcher(jdbc).matches();
    }

    @Override
    public String toString() {
        return display(jdbc);
    }

    private static DatabaseUrl server(Matcher url) {
        String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
        return new DatabaseUrl(
                "jdbc:" + (scheme.equals("postgres") ? "postgresql" : scheme) + "://" + group(url, "hosts", "localhost")
                        + "/" + group(url, "database", "") + parameters(url),
                decoded(group(url, "user", "")),
                decoded(group(url, "password", "")));
    }

    // The driver decodes nothing, and takes the first question mark for the end of the path.
    private static Optional<DatabaseUrl> sqlite(Matcher url) {
        String path = decoded(url.group("path"));
        return path.contains("?")
                ? Optional.empty()
                : Optional.of(new DatabaseUrl("jdbc:sqlite:" + path + parameters(url), "", ""));
    }

    private static String group(Matcher url, String name, String absent) {
        String group = url.group(name);
        return group == null ? absent : group;
    }

    private static String parameters(Matcher url) {
        String text = group(url, "parameters", "");
        return text.isEmpty() ? "" : "?" + text;
    }

    // URLDecoder reads '+' as a blank, which it is in forms only.
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static int firstOf(String text, char one, char other) {
        int end = text.length();
        for (char stop : new char[] {one, other}) {
            int at = text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        return end;
    }
}
