package org.pekkochannels.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

class OriginCheckTest {
    private static OriginCheck check(String allowed, String missing) {
        return OriginCheck.of(ConfigFactory.parseString(
                "channels.http { allowed-origins = [" + allowed + "], missing-origin = " + missing + " }"));
    }

    private static Scope from(String host, String origin) {
        List<Header> headers = origin.equals("none")
                ? List.of(new Header("Host", host))
                : List.of(new Header("Host", host), new Header("Origin", origin));
        return Scope.of("/ws/").withHeaders(headers);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com,      https://example.com,      true",
        "example.com,      http://example.com,       true",
        "example.com:443,  https://example.com,      true",
        "localhost:8000,   http://localhost:8000,    true",
        "[::1]:8000,       http://[::1]:8000,        true",
        "Example.COM,      https://example.com,      true",
        "my_host:8000,     http://my_host:8000,      true",
        "my_host,          https://my_host,          true",
        "my_host:8000,     http://my_host:9000,      false",
        "my_host,          https://my_host.evil.com, false",
        "example.com,      https://example.com@evil.com, false",
        "example.com,      https://evil.com@example.com, false",
        "localhost:8000,   http://localhost:9000,    false",
        "example.com,      https://evil.com,         false",
        "example.com,      https://example.com.evil, false",
        "example.com,      https://evil.com/example.com, false",
        "example.com,      null,                     false",
        "example.com,      '',                       false",
        "example.com,      something-invalid,        false",
        "example.com,      none,                     true",
    })
    void allowsPagesOfTheHostThatTheyConnectTo(String host, String origin, boolean allowed) {
        assertThat(check("", "allow").allows(from(host, origin))).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "allowed-domain.com,            http://allowed-domain.com,       true",
        "allowed-domain.com,            https://allowed-domain.com:8443, true",
        "allowed-domain.com,            http://bad-domain.com,           false",
        "allowed-domain.com,            http://www.allowed-domain.com,   false",
        ".allowed-domain.com,           http://www.allowed-domain.com,   true",
        ".allowed-domain.com,           http://allowed-domain.com,       true",
        ".allowed-domain.com,           http://notallowed-domain.com,    false",
        ".allowed-domain.com,           '',                              false",
        ".allowed-domain.com,           something-invalid,               false",
        "http://allowed-domain.com,     http://allowed-domain.com,       true",
        "http://allowed-domain.com,     http://allowed-domain.com:80,    true",
        "http://allowed-domain.com,     https://allowed-domain.com,      false",
        "https://allowed-domain.com:8443, https://allowed-domain.com:8443, true",
        "https://allowed-domain.com:8443, https://allowed-domain.com,    false",
        "https://.allowed-domain.com,   https://a.b.allowed-domain.com,  true",
        "https://allowed-domain.com,    wss://allowed-domain.com,        false",
        "https://my_host,               https://my_host,                 true",
        "https://my_host,               https://my_host:443,             true",
        "https://my_host,               http://my_host,                  false",
        "https://my_host:8443,          https://my_host:8443,            true",
        "https://my_host:8443,          https://my_host,                 false",
        "https://.my_domain.com,        https://a_b.my_domain.com,       true",
        "my_host,                       https://my_host:8443,            true",
        "my_host,                       https://myhost,                  false",
        "[::1],                         http://[::1]:8000,               true",
        "null,                           null,                            true",
        "null,                           https://null,                    false",
        "null,                           file://,                         false",
        "file://,                        file://,                         true",
        "file://,                        null,                            false",
        "file://,                        https://file,                    false",
        "app://,                         app://.,                         true",
        "app://,                         app://bundle,                    true",
        "app://.,                        app://.,                         true",
        "app://.,                        app://bundle,                    false",
        "app://bundle,                   app://bundle,                    true",
        "app://bundle,                   app2://bundle,                   false",
        "capacitor://localhost,          capacitor://localhost,           true",
        "capacitor://localhost,          ionic://localhost,               false",
        "ionic://localhost,              ionic://localhost,               true",
        "localhost,                      capacitor://localhost,           true",
        "chrome-extension://,            chrome-extension://aboe,         true",
        "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai, chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai, true",
        "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai, chrome-extension://aboe, false",
        "moz-extension://4b8f7b5c-a8fc-4e4a-9f3c-3d2f8c9a1b2d, moz-extension://4b8f7b5c-a8fc-4e4a-9f3c-3d2f8c9a1b2d, true",
        "safari-web-extension://4B8F7B5C-A8FC, safari-web-extension://4B8F7B5C-A8FC, true",
        "[2001:DB8:0:0:0:0:0:1],        https://[2001:db8::1],           true",
        "https://[2001:db8:0::1],       https://[2001:db8::1],           true",
        "https://[2001:db8:0::1]:8443,  https://[2001:db8::1]:8443,      true",
        "https://[2001:db8::2],         https://[2001:db8::1],           false",
        "*,                             null,                            true",
        "*,                             none,                            true",
        "allowed-domain.com,            none,                            false",
    })
    void allowsMoreByTheRulesOfChannels(String pattern, String origin, boolean allowed) {
        assertThat(check('"' + pattern + '"', "refuse").allows(from("host.example", origin)))
                .isEqualTo(allowed);
    }

    @Test
    void warnsAtStartWhereAnySitesPagesMayConnect() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.middleware.OriginCheck")) {
            check("example.com", "allow");
            assertThat(log.soFar("")).isEmpty();

            check("example.com, \"*\"", "allow");

            assertThat(log.soFar("channels.http.allowed-origins contains '*'")).hasSize(1);
        }
    }

    @Test
    void warnsAtStartWhereSandboxedFramesMayConnect() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.middleware.OriginCheck")) {
            check("\"null\"", "allow");

            assertThat(log.soFar("channels.http.allowed-origins contains 'null'"))
                    .hasSize(1);
        }
    }

    @Test
    void comparesWithTheHostThatATrustedProxySays() {
        Scope direct = from("internal:8000", "https://chat.example");
        Scope proxied = direct.withAttribute(Scope.FORWARDED_HOST, "chat.example");

        assertThat(check("", "allow").allows(direct)).isFalse();
        assertThat(check("", "allow").allows(proxied)).isTrue();
        assertThat(check("", "allow")
                        .allows(from("chat.example", "https://chat.example")
                                .withAttribute(Scope.FORWARDED_HOST, "other.example")))
                .isFalse();
    }

    private static void ask(OriginCheck check, Scope scope) {
        check.around(asked -> CompletableFuture.failedFuture(new AssertionError("asked")))
                .open(scope);
    }

    @Test
    void logsOriginAndHostOfWhatItRefusesWithTheCure() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.middleware.OriginCheck")) {
            ask(check("", "allow"), from("a.com", "https://evil.com\u0085"));
            ask(check("", "refuse"), from("a.com", "none"));

            assertThat(log.soFar("origin is 'https://evil.com?', its host 'a.com'. To allow it, set"
                            + " channels.http.allowed-origins"))
                    .hasSize(1);
            assertThat(log.soFar("origin is missing, its host 'a.com'. To allow it, set channels.http.missing-origin"))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.com/?token=s3cret, 'http://evil.com'",
        "http://evil.com:81/s3cret, 'http://evil.com:81'",
        "evil.com#s3cret, 'evil.com'",
        "http://user:s3cret@evil.com, '(not shown: it contains an @)'"
    })
    void logsNeitherQueryNorPasswordOfAnOrigin(String origin, String shown) {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.middleware.OriginCheck")) {
            ask(check("", "allow"), from("a.com", origin));

            assertThat(log.soFar("origin is '" + shown + "', its host")).hasSize(1);
            assertThat(log.soFar("s3cret")).isEmpty();
        }
    }

    @Test
    void warnsOfAFloodOnceASecondAndOfNoLongValue() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.middleware.OriginCheck")) {
            OriginCheck check = check("", "allow");
            for (int i = 0; i < 1000; i++) {
                ask(check, from("a.com", "https://" + "e".repeat(10_000)));
            }

            assertThat(log.soFar("refused a WebSocket to /ws/ with 403"))
                    .hasSizeBetween(1, 20)
                    .allMatch(line -> line.length() < 600);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wss://example.com:8443, browsers send https://example.com:8443 for it",
        "ws://example.com, browsers send http://example.com for it",
        "https://example.com:99999, port must be from 1 to 65535",
        "https://example.com:0, port must be from 1 to 65535",
        "https://[::1]:70000, port must be from 1 to 65535",
        "https://exämple.com, in ASCII (xn--..)",
        "https://a..b, must be a host",
        "https://.., must be a host",
        "https://[:::::]:8080, [:::::] is not an IPv6 address"
    })
    void stopsTheStartWhereNoBrowserSendsAnEntry(String entry, String cure) {
        assertThatThrownBy(() -> check('"' + entry + '"', "allow"))
                .hasMessageContaining("channels.http.allowed-origins")
                .hasMessageContaining(cure)
                .hasMessageContaining("was '" + entry + "'");
    }

    @Test
    void refusesTwoOrigins() {
        Scope scope = Scope.of("/ws/")
                .withHeaders(List.of(
                        new Header("Host", "a.com"),
                        new Header("Origin", "https://evil.com"),
                        new Header("Origin", "https://a.com")));

        assertThat(check("", "allow").allows(scope)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:8000", "*.example.com", "https://", "wss://", "file:///", "a b", ""})
    void stopsTheStartWhereAnEntryIsNoOrigin(String entry) {
        assertThatThrownBy(() -> check('"' + entry + '"', "allow"))
                .hasMessageContaining("channels.http.allowed-origins")
                .hasMessageContaining("was '" + entry + "'");
    }

    @Test
    void answers403AndMakesNoConsumer() {
        Opening opening = check("", "allow")
                .around(scope -> CompletableFuture.failedFuture(new AssertionError("asked")))
                .open(from("a.com", "https://evil.com"))
                .toCompletableFuture()
                .join();

        assertThat(((Refusal) opening).status()).isEqualTo(403);
    }
}
