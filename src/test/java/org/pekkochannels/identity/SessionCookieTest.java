package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.concurrent.RecordedLog;

/** The cookie's name and attributes, and the rules of the start. */
final class SessionCookieTest {
    private static Config config(String keys) {
        return ConfigFactory.parseString(keys)
                .withFallback(ConfigFactory.parseString("channels.development = off"))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    private static SessionCookie cookie(String keys) {
        return IdentitySettings.of(config(keys)).cookie();
    }

    @Test
    void isSecureAndOfThisHostByDefault() {
        assertThat(cookie("").set("v", Duration.ofDays(1)).value())
                .isEqualTo("__Host-channels=v; Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax");
        assertThat(cookie("").remove().value())
                .isEqualTo("__Host-channels=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax");
    }

    @Test
    void isPlainInDevelopment() {
        assertThat(cookie("channels.development = on")
                        .set("v", Duration.ofSeconds(1))
                        .value())
                .isEqualTo("channels=v; Max-Age=1; Path=/; HttpOnly; SameSite=Lax");
    }

    @Test
    void warnsOfAPlainCookieInProduction() {
        try (RecordedLog log = new RecordedLog(SessionCookie.class.getName())) {
            cookie("").warnIfPlain(false);
            cookie("channels.development = on").warnIfPlain(true);
            assertThat(log.soFar("")).isEmpty();

            SessionCookie plain = cookie("channels.session.cookie-secure = off");
            plain.warnIfPlain(false);

            assertThat(plain.name()).isEqualTo("channels");
            assertThat(log.soFar("")).singleElement().asString().contains("channels.session.cookie-secure is off");
        }
    }

    @Test
    void mayHaveADomainWithAnotherName() {
        assertThat(cookie("""
                        channels.session {
                          cookie-name = __Secure-site, cookie-domain = example.com, cookie-path = /app
                          cookie-same-site = none
                        }
                        """).set("v", Duration.ofSeconds(1)).value())
                .isEqualTo(
                        "__Secure-site=v; Max-Age=1; Domain=example.com; Path=/app; Secure; HttpOnly; SameSite=None");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cookie-path = /app                                  | cookie-path must be '/'
            cookie-domain = example.com                         | cookie-domain must be empty
            cookie-name = __Host-x, cookie-secure = off         | cookie-secure must be on
            cookie-name = __host-x, cookie-domain = example.com | cookie-domain must be empty
            cookie-name = __Secure-x, cookie-secure = off       | cookie-secure must be on
            cookie-same-site = none, cookie-secure = off        | cookie-secure must be on
            cookie-name = "a b"                                 | cookie-name must be a token
            cookie-name = ""                                    | cookie-name must be a token
            cookie-path = app, cookie-name = x                  | cookie-path must begin
            cookie-path = "/a;b", cookie-name = x               | cookie-path must begin
            cookie-domain = .example.com, cookie-name = x       | cookie-domain must be a domain
            store = cookie                                      | keys must have a key
            table = "x; drop table account"                     | table must be a name
            database = missing                                  | database must be empty
            max-age = 1s                                        | max-age must be
            """)
    void stopsTheStartForRulesThatContradictEachOther(String keys, String words) {
        assertThatThrownBy(() -> cookie("channels.session { " + keys + " }"))
                .isInstanceOf(ConfigException.class)
                .message()
                .satisfies(message -> assertThat(message.replace("':", "")
                                .replace(":", "")
                                .replace("'channels.session.", "channels.session."))
                        .contains("channels.session." + words.substring(0, words.indexOf(' ')))
                        .contains(words.substring(words.indexOf(' ') + 1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            keys = [planted-secret]
            keys = planted-secret
            keys = { planted-secret = 1 }
            """)
    void showsNoKeyInAMessage(String keys) {
        assertThatThrownBy(() -> cookie("channels.session { store = cookie, " + keys + " }"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("keys")
                .hasMessageNotContaining("planted-secret");
    }

    @Test
    void showsNoKeyOfTheSettings() {
        IdentitySettings settings =
                IdentitySettings.of(config("channels.session.keys = [planted-secret-0123456789abcdef0123]"));

        assertThat(settings.toString()).doesNotContain("planted").contains("1 keys");
    }

    @Test
    void needsNoIdleTimeoutInACookie() {
        assertThatThrownBy(() -> cookie("channels.session { store = cookie, idle-timeout = 1h, keys ="
                        + " [\"0123456789abcdef0123456789abcdef\"] }"))
                .hasMessageContaining("idle-timeout");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            channels=a                  | a
            channels=a; channels=b      |
            channels=a; channels=a      |
            CHANNELS=a                  |
            __Host-channels=a           |
            x=1; channels="a"; y=2      | a
            """)
    void readsOnlyItsNameAndNoneOfTwo(String header, String value) {
        SessionCookie plain = cookie("channels.development = on");

        assertThat(plain.read(SessionSystem.request(header)).orElse(null)).isEqualTo(value);
    }
}
