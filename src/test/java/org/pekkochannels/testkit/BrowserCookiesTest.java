package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BrowserCookiesTest {
    private Instant now = Instant.parse("2026-12-01T12:00:00Z");
    private final BrowserCookies cookies = new BrowserCookies(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void replacesACookieOfTheSameNameAndPath() {
        cookies.set("a=1; Path=/", "/");
        cookies.set("b=2; Path=/; Secure; HttpOnly; SameSite=Lax", "/");
        cookies.set("a=3; path=/", "/deep/page");

        assertThat(cookies.header("/")).contains("b=2; a=3");
    }

    @ParameterizedTest
    @CsvSource({
        "/shop, /shop, true",
        "/shop, /shop/cart?x=1, true",
        "/shop, /shopping, false",
        "/shop/, /shop, false",
        "/shop/, /shop/cart, true",
        "relative, /shop/cart, true",
        "relative, /other, false"
    })
    void sendsACookieToItsPath(String path, String requested, boolean sent) {
        cookies.set("a=1; Path=" + path, "/shop/page?to=/x/y");

        assertThat(cookies.header(requested).isPresent()).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Max-Age=60",
                "max-age=60; Expires=Wed, 01 Jan 2020 00:00:00 GMT",
                "Expires=Tue, 1 Dec 2026 12:01:00 GMT"
            })
    void forgetsACookieAfterItsAge(String age) {
        cookies.set("a=1; " + age, "/");
        now = now.plus(Duration.ofSeconds(59));
        assertThat(cookies.header("/")).contains("a=1");

        now = now.plusSeconds(1);

        assertThat(cookies.header("/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"})
    void removesACookie(String age) {
        cookies.set("a=1; Path=/", "/");
        cookies.set("a=; Path=/; " + age, "/");

        assertThat(cookies.header("/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "=1", "a", " ; Path=/"})
    void ignoresWhatIsNotACookie(String header) {
        cookies.set(header, "/");

        assertThat(cookies.header("/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Max-Age=x", "Max-Age=99999999999999999", "Expires=soon", "Max-Age="})
    void keepsACookieWithAnAgeThatCannotBeRead(String age) {
        cookies.set("a=b=c; " + age, "/");

        assertThat(cookies.header("/")).contains("a=b=c");
    }
}
