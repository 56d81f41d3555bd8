package org.pekkochannels.database.jdbc;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of the database: a JDBC URL, and the credentials of the configured URL. Immutable.
 *
 * <p>Hosting platforms supply URLs in language-independent forms: {@code postgres://}, {@code mysql://}, {@code mariadb://}, and for a file
 * {@code sqlite:}. A driver's name after the scheme, as SQLAlchemy writes it ({@code postgresql+psycopg://}), is ignored.
 *
 * <p>Its text form is {@link #display}, so that credentials do not get into a log.
 *
 * @param jdbc the URL for the driver
 * @param user the decoded user of a URL other than JDBC's, or empty
 * @param password the decoded password of a URL other than JDBC's, or empty
 */
public record DatabaseUrl(String jdbc, String user, String password) {
    private static final String HOST = "(?:\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/?#@,\\s]+)(?::\\d{1,5})?";

    // The form of libpq and of DATABASE_URL on most platforms; several hosts are separated by commas.
    private static final Pattern SERVER =
            Pattern.compile("(?<scheme>(?i:postgres|postgresql|mysql2?|mariadb))(?:\\+\\w+)?://"
                    + "(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?"
                    + "(?<hosts>" + HOST + "(?:," + HOST + ")*)?"
                    + "(?:/(?<database>[^?#]*))?"
                    + "(?:\\?(?<parameters>[^#]*))?");

    // sqlite:file, or the form of SQLAlchemy and Django: sqlite:///relative and sqlite:////absolute.
    private static final Pattern SQLITE =
            Pattern.compile("(?i:sqlite3?):(?:///)?(?<path>(?!//)[^?#]*)(?:\\?(?<parameters>[^#]*))?");

    private static final Pattern PRIVATE_MEMORY = Pattern.compile(
            "jdbc:sqlite:(?::memory:|file::memory:)?(?:\\?.*)?|jdbc:sqlite:.*[?&]mode=memory.*|jdbc:h2:mem:(?:;.*)?");

    private static final Pattern SCHEME = Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*:");

    private static final Pattern SOCKET =
            Pattern.compile("^(?i:postgres|postgresql|mysql2?|mariadb)(?:\\+\\w+)?://.*[?&]host=(?:/|%2[fF])");

    // The driver's name; anything may follow.
    private static final Pattern SUBPROTOCOL = Pattern.compile("^jdbc:[a-zA-Z0-9_.+-]+:");

    /** The rule that {@link #parse} checks. */
    public static final String RULE = "must be a JDBC URL (jdbc:...), or postgres://, mysql:// or mariadb:// with"
            + " user:password@host:port/database, user and password percent-encoded, or sqlite:file";

    /** The rule that {@link #isLost} breaks. */
    static final String LASTING = "must not be SQLite in memory, or H2 in memory without a name: each connection has a"
            + " separate database there, and connections come and go; name a file (sqlite:data.db), or use H2 in memory"
            + " with a name (jdbc:h2:mem:name;DB_CLOSE_DELAY=-1)";

    /** The rule that {@link #isSocket} breaks. */
    static final String NO_SOCKET =
            "must name a host: a Unix socket (host=/..) needs a special socket factory, for example"
                    + " com.google.cloud.sql:postgres-socket-factory with jdbc:postgresql:///database?cloudSqlInstance=..&"
                    + "socketFactory=com.google.cloud.sql.postgres.SocketFactory";

    /** Parses any of the forms, without surrounding whitespace and line breaks; empty if it is none of them. */
    public static Optional<DatabaseUrl> parse(String untrimmed) {
        String text = untrimmed.strip();
        if (hasControls(text)) {
            return Optional.empty();
        } else if (SUBPROTOCOL.matcher(text).find()) {
            return Optional.of(new DatabaseUrl(text, "", ""));
        }
        Matcher server = SERVER.matcher(text);
        Matcher file = SQLITE.matcher(text);
        try {
            return server.matches() ? server(server) : file.matches() ? sqlite(file) : Optional.empty();
        } catch (IllegalArgumentException notPercentEncoded) {
            // Not chained, because its message contains a part of the password.
            return Optional.empty();
        }
    }

    /** Whether it names a Unix socket, as platforms do for a database behind a proxy on the same machine. */
    static boolean isSocket(String text) {
        return SOCKET.matcher(text).find();
    }

    /** The part of {@code text} that contains no secret, whatever the text is. */
    static String display(String untrimmed) {
        String text = untrimmed.strip();
        // MySQL's driver accepts host, user and password in parentheses.
        int parameters = firstOf(text, '?', ';', '(');
        if (text.indexOf('@') < 0 && text.startsWith("jdbc:")) {
            return text.substring(0, parameters);
        }
        if (text.isEmpty()) {
            return "";
        }
        Matcher start = (text.startsWith("jdbc:") ? SUBPROTOCOL : SCHEME).matcher(text);
        return start.find() ? start.group() + "..." : "...";
    }

    /** The driver's name, for example {@code postgresql}. */
    public String subprotocol() {
        return jdbc.substring("jdbc:".length(), jdbc.indexOf(':', "jdbc:".length()));
    }

    /** The names of the parameters after the question mark, unchanged. */
    List<String> parameterNames() {
        int mark = jdbc.indexOf('?');
        return mark < 0
                ? List.of()
                : Arrays.stream(jdbc.substring(mark + 1).split("&", -1))
                        .map(parameter -> parameter.replaceFirst("=.*", ""))
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /** Whether the next connection may not see the data that this one has written. */
    boolean isLost() {
        return PRIVATE_MEMORY.matcher(jdbc).matches();
    }

    @Override
    public String toString() {
        return display(jdbc);
    }

    private static Optional<DatabaseUrl> server(Matcher url) {
        String scheme = url.group("scheme").toLowerCase(Locale.ROOT);
        String vendor = vendor(scheme);
        Optional<String> database = database(vendor, group(url, "database", ""));
        if (database.isEmpty() || isSocket(url.group())) {
            return Optional.empty();
        }
        return Optional.of(new DatabaseUrl(
                "jdbc:" + vendor + "://" + group(url, "hosts", "localhost") + "/" + database.get()
                        + UrlParameters.translated(vendor, group(url, "parameters", "")),
                UrlParameters.decoded(group(url, "user", "")),
                UrlParameters.decoded(group(url, "password", ""))));
    }

    /** mysql2 is the name of a driver for Ruby and Node.js. */
    private static String vendor(String scheme) {
        return switch (scheme) {
            case "postgres" -> "postgresql";
            case "mysql2" -> "mysql";
            default -> scheme;
        };
    }

    /** The drivers of PostgreSQL and MySQL decode it, and read a plus sign as a space; that of MariaDB uses it unchanged. */
    private static Optional<String> database(String vendor, String encoded) {
        if (!vendor.equals("mariadb")) {
            return Optional.of(encoded.replace("+", "%2B"));
        }
        String name = UrlParameters.decoded(encoded);
        return name.contains("?") || name.contains("/") ? Optional.empty() : Optional.of(name);
    }

    // The driver decodes nothing, and treats the first question mark as the end of the path.
    private static Optional<DatabaseUrl> sqlite(Matcher url) {
        String path = UrlParameters.decoded(url.group("path"));
        return path.contains("?") || hasControls(path)
                ? Optional.empty()
                : Optional.of(new DatabaseUrl("jdbc:sqlite:" + path + parameters(url), "", ""));
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static String group(Matcher url, String name, String absent) {
        String group = url.group(name);
        return group == null ? absent : group;
    }

    private static String parameters(Matcher url) {
        String text = group(url, "parameters", "");
        return text.isEmpty() ? "" : "?" + text;
    }

    private static int firstOf(String text, char... stops) {
        int end = text.length();
        for (char stop : stops) {
            int at = text.indexOf(stop);
            end = at < 0 ? end : Math.min(end, at);
        }
        return end;
    }
}
