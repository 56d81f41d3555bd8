package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HEAD has the response of GET without its body; like TRACE, it has no body itself. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class HeadMethodTest {
    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    HeadMethodTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page", "/alive", "/ready", "/tell"})
    void hasTheResponseOfGetWithoutItsBody(String path) throws Exception {
        String head = "HEAD " + path + " HTTP/1.1|Host: x||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), head + head + "GET /page HTTP/1.1|Host: x||")) {
            assertThat(exchange.responseToHead().status()).isEqualTo(200);
            assertThat(exchange.responseToHead().status()).isEqualTo(200);
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page", "/alive", "/ready"})
    void closesWhereTheClientWantsIt(String path) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "HEAD " + path + " HTTP/1.1|Host: x|Connection: close||")) {
            assertThat(exchange.responseToHead().status()).isEqualTo(200);
            assertThat(exchange.rest()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEAD /page HTTP/1.1|Host: x|Content-Length: 32",
                "HEAD /upload HTTP/1.1|Host: x|Content-Length: 32",
                "TRACE /page HTTP/1.1|Host: x|Content-Length: 32",
                "HEAD /page HTTP/1.1|Host: x|Transfer-Encoding: chunked||0|",
                "TRACE /page HTTP/1.1|Host: x|Transfer-Encoding: chunked||0|",
            })
    void isRejectedWithABody(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines + "||GET /smuggled HTTP/1.1|Host: x||")) {
            assertThat(exchange.responseToHead().status()).isEqualTo(400);
            assertThat(exchange.rest()).doesNotContain("HTTP/1.1", "smuggled");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }
}
