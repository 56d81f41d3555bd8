package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

/** Any text as the URL of a database: read or refused, without an exception, and shown without its secret. */
@Tag("fuzz")
class DatabaseUrlFuzzTest {
    private static final String SECRET = "s3cr3tPassw0rd";
    private static final String[] SCHEMES = {
        "postgres://",
        "postgresql+psycopg://",
        "mysql://",
        "mysql2://",
        "mariadb://",
        "sqlite:",
        "jdbc:postgresql://",
        "jdbc:h2:",
        ""
    };

    // One for both, as Jazzer fuzzes one test in a JVM.
    @FuzzTest(maxDuration = "3s")
    void readsOrRefusesAnyTextAndShowsNoPassword(FuzzedDataProvider data) {
        boolean secret = data.consumeBoolean();
        String scheme = data.pickValue(SCHEMES);
        String rest = data.consumeRemainingAsString();
        String text = scheme + (secret ? "user:" + SECRET + "@" : "") + rest;

        Optional<DatabaseUrl> url = DatabaseUrl.parse(text);

        DatabaseUrl.isSocket(text);
        url.ifPresent(DatabaseUrlFuzzTest::assertReadAgainAsItIs);
        // The fuzzer learns it from the comparison. Elsewhere, in the host for example, it is no password.
        if (secret && !rest.contains(SECRET)) {
            assertThat(DatabaseUrl.display(text)).doesNotContain(SECRET);
            assertThat(url.stream()).noneMatch(read -> read.toString().contains(SECRET));
        }
    }

    /** What the driver is given is a URL of JDBC, which is taken as it is. */
    private static void assertReadAgainAsItIs(DatabaseUrl url) {
        String jdbc = url.jdbc();
        assertThat(jdbc).startsWith("jdbc:");
        assertThat(DatabaseUrl.parse(jdbc).map(DatabaseUrl::jdbc)).hasValue(jdbc.strip());
        assertThat(url.subprotocol()).isNotEmpty();
        assertThat(url.parameterNames()).doesNotContain("");
        assertThat(DatabaseUrl.display(url.toString())).isEqualTo(url.toString().strip());
    }
}
