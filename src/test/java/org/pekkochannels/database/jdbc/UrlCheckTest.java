package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import java.sql.Driver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;

/** Parameters of a URL that the driver would ignore without a word, with the real drivers. */
final class UrlCheckTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mariadb://h/d?ssl-mode=REQUIRED",
                "jdbc:mariadb://h/d?ssl=true",
                "jdbc:mariadb://h/d?requireSSL=true",
                "jdbc:mysql://h/d?ssl-mode=REQUIRED",
                "jdbc:postgresql://h/d?sslMode=require",
                "jdbc:postgresql://h/d?ssl=1",
                "mysql://h/d?ssl-mode=sometimes",
                "mysql://h/d?ssl-ca=/etc/ca.pem",
            })
    void refusesATlsParameterThatTheDriverIgnores(String text) {
        assertThatThrownBy(() -> check(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.database.url")
                .hasMessageContaining("requests TLS in a way that the driver of")
                .hasMessageMatching(
                        "(?s).*ignores \\((?i:tls|ssl|ssl-mode|ssl-ca|sslMode|requireSSL|useSSL|usetls|usessl|ssl_mode)\\),.*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mariadb://h/d?sslMode=REQUIRED",
                "jdbc:mariadb://h/d?useSSL=true",
                "jdbc:mysql://h/d?useSSL=true",
                "jdbc:postgresql://h/d?ssl=true",
                "jdbc:postgresql://h/d?sslmode=disable",
                "jdbc:h2:mem:x;MODE=PostgreSQL",
                "jdbc:sqlite:x.db?busy_timeout=9",
                "mariadb://h/d?ssl-mode=REQUIRED",
                "mysql://h/d?tls=true",
                "mariadb://h/d?ssl-ca=/etc/ca.pem",
                "postgres://h/d?sslrootcert=system&schema=app&pgbouncer=true",
                "postgres://h/d?sslmode=require&channel_binding=require&connect_timeout=3&application_name=x",
                "postgres://a,b/d?target_session_attrs=read-write&load_balance_hosts=random&keepalives=1",
            })
    void saysNothingOfWhatTheDriverKnows(String text) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database")) {
            check(text);

            assertThat(log.soFar("")).isEmpty();
        }
    }

    /** It knows all parameters, and fails at the value of one. */
    @Test
    void saysNothingWhereTheDriverCannotReadTheUrl() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database")) {
            check("jdbc:mysql://h/d?connectTimeout=abc");

            assertThat(log.soFar("")).isEmpty();
        }
    }

    @Test
    void warnsOfAnyOtherThatTheDriverIgnoresWithoutItsValue() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database")) {
            check("postgres://u:secret@h/d?target=private&connection_limit=1");

            assertThat(log.soFar(""))
                    .singleElement()
                    .asString()
                    .contains("channels.database.url", "[target, connection_limit]")
                    .doesNotContain("private", "secret");
        }
    }

    private static void check(String text) {
        DatabaseUrl url = DatabaseUrl.parse(text).orElseThrow();
        Driver driver = DriverLookup.require("channels.database", url, UrlCheckTest.class.getClassLoader());
        UrlCheck.check(driver, url, "channels.database");
    }
}
