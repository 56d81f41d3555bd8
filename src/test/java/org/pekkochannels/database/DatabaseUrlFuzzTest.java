package org.pekkochannels.database;

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

    @FuzzTest(maxDuration = "3s")
    void readsOrRefusesAnyText(FuzzedDataProvider data) {
        String text = data.pickValue(SCHEMES) + data.consumeRemainingAsString();

        Optional<DatabaseUrl> url = DatabaseUrl.parse(text);

        DatabaseUrl.isSocket(text);
        assertThat(url.stream()).allMatch(read -> read.jdbc().startsWith("jdbc:"));
        url.ifPresent(DatabaseUrlFuzzTest::assertReadAgainAsItIs);
    }

    @FuzzTest(maxDuration = "3s")
    void showsNoPassword(FuzzedDataProvider data) {
        String scheme = data.pickValue(SCHEMES);
        String rest = data.consumeRemainingAsString();
        if (rest.contains(SECRET)) {
            // The fuzzer learns it from the comparison. Elsewhere, in the host for example, it is no password.
            return;
        }
        String text = scheme + "user:" + SECRET + "@" + rest;

        assertThat(DatabaseUrl.display(text)).doesNotContain(SECRET);
        assertThat(DatabaseUrl.parse(text).stream())
                .noneMatch(url -> url.toString().contains(SECRET));
    }

    /** What the driver is given is a URL of JDBC, which is taken as it is. */
    private static void assertReadAgainAsItIs(DatabaseUrl url) {
        String jdbc = url.jdbc();
        assertThat(DatabaseUrl.parse(jdbc).map(DatabaseUrl::jdbc)).hasValue(jdbc.strip());
        assertThat(url.subprotocol()).isNotEmpty();
        assertThat(url.parameterNames()).doesNotContain("");
        assertThat(DatabaseUrl.display(url.toString())).isEqualTo(url.toString());
    }
}
