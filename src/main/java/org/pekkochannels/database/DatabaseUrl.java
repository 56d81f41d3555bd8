package org.pekkochannels.database;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the database is: a JDBC URL, and the credentials that stood in it; immutable.
 *
 * <p>Its text form is {@link #display}, so that credentials do not slip into a log.
 *
 * @param jdbc what the driver is given
 * @param user from a {@code postgres://} URL, decoded, or empty
 * @param password from a {@code postgres://} URL, decoded, or empty
 */
record DatabaseUrl(String jdbc, String user, String password) {
    private static final String HOST = "(?:\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/?#@,\\s]+)(?::\\d{1,5})?";

    // The form of libpq and of DATABASE_URL on most platforms; several hosts are separated by commas.
    private static final Pattern POSTGRES = Pattern.compile("(?i:postgres|postgresql)://"
            + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
            + "(?<hosts>" + HOST + "(?:," + HOST + ")*)?"
            + "(?:/(?<database>[^?#]*))?"
            + "(?:\\?(?<parameters>[^#]*))?");

    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:");

    // The driver's name; what follows may hold anything.
    private static final Pattern SUBPROTOCOL = Pattern.compile("^jdbc:[a-zA-Z0-9_.+-]+:");

    /** The rule that {@link #parse} checks. */
    static final String RULE = "must be a JDBC URL (jdbc:...) or postgres://user:password@host:port/database, with user"
            + " and password percent-encoded (environment variable DATABASE_URL sets it)";

    /** Reads either form; empty when it is neither. */
    static Optional<DatabaseUrl> parse(String text) {
        if (SUBPROTOCOL.matcher(text).find()) {
            return Optional.of(new DatabaseUrl(text, "", ""));
        }
        Matcher matcher = POSTGRES.matcher(text);
        return matcher.matches() ? postgres(matcher) : Optional.empty();
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

    @Override
    public String toString() {
        return display(jdbc);
    }

    private static Optional<DatabaseUrl> postgres(Matcher url) {
        try {
            return Optional.of(new DatabaseUrl(
                    "jdbc:postgresql://" + group(url, "hosts", "localhost") + "/" + group(url, "database", "")
                            + parameters(group(url, "parameters", "")),
                    decoded(group(url, "user", "")),
                    decoded(group(url, "password", ""))));
        } catch (IllegalArgumentException notPercentEncoded) {
            // Not chained: its message holds a piece of the password.
            return Optional.empty();
        }
    }

    private static String group(Matcher url, String name, String absent) {
        String group = url.group(name);
        return group == null ? absent : group;
    }

    private static String parameters(String text) {
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
