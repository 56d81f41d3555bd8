package org.pekkochannels.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/** The MySQL that the environment names: Maven has none. */
final class MySqlServer {
    /** Where it is, as {@code channels.database.url} has it. */
    static final String VARIABLE = "MYSQL_URL";

    /** What its values look like. */
    static final String PATTERN = "mysql://.+";

    /** Why its tests are skipped. */
    static final String ABSENT = "Maven has no MySQL server; name one that is there for tests alone, such as"
            + " MYSQL_URL=mysql://root:password@127.0.0.1/test";

    private MySqlServer() {}

    /** As JDBC has it. */
    static String url() {
        DatabaseUrl url = DatabaseUrl.parse(System.getenv(VARIABLE)).orElseThrow();
        String parameters = "user=" + encoded(url.user()) + "&password=" + encoded(url.password());
        return url.jdbc() + (url.jdbc().contains("?") ? "&" : "?") + parameters;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
