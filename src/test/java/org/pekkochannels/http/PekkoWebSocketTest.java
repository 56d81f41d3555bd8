package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A WebSocket that a page's route opens with Pekko HTTP. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class PekkoWebSocketTest {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE = "Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13";
    private static final String ECHO = "GET /own-echo HTTP/1.1|" + UPGRADE + "|" + KEY + "||";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    PekkoWebSocketTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    @Test
    void echoes() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), ECHO)) {
            assertThat(exchange.response()).satisfies(accepted -> {
                assertThat(accepted.status()).isEqualTo(101);
                assertThat(accepted.header("Sec-WebSocket-Accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            });

            exchange.sendExactly(RawExchange.HELLO);
            assertThat(exchange.text()).isEqualTo("hello");
            exchange.sendExactly(RawExchange.HELLO);
            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    @Test
    void deliversFramesThatCameTogetherWithTheRequest() throws Exception {
        try (RawExchange exchange =
                position.askExactly(APPLICATION.port(), RawExchange.crlf(ECHO) + RawExchange.HELLO.repeat(2))) {
            assertThat(exchange.response().status()).isEqualTo(101);
            assertThat(exchange.text()).isEqualTo("hello");
            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    @Test
    void doesNotTakeAFrameForARequest() throws Exception {
        // The mask 0 makes the payload of this frame a request for any reader of HTTP.
        String text = RawExchange.crlf(SMUGGLED);
        String frame = "\u0081" + (char) (0x80 + text.length()) + "\u0000\u0000\u0000\u0000" + text;
        try (RawExchange exchange = position.askExactly(APPLICATION.port(), RawExchange.crlf(ECHO) + frame)) {
            assertThat(exchange.response().status()).isEqualTo(101);
            assertThat(exchange.text()).isEqualTo(text);
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; GET /own-echo HTTP/1.0|" + UPGRADE + "|" + KEY,
                "400; GET /own-echo HTTP/1.1|" + UPGRADE,
                "400; GET /own-echo HTTP/1.1|" + UPGRADE + "|Sec-WebSocket-Key: short",
                "400; GET /own-echo HTTP/1.1|" + UPGRADE + "|" + KEY + "|" + KEY,
                "400; GET /own-echo HTTP/1.1|" + UPGRADE + "|" + KEY + "|Content-Length: 32",
                "400; GET /own-echo HTTP/1.1|" + UPGRADE + "|" + KEY + "|Transfer-Encoding: chunked",
                "426; GET /own-echo HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 8|"
                        + KEY,
            })
    void rejectsAnInvalidHandshake(int status, String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines + "||" + SMUGGLED)) {
            assertThat(exchange.lastResponse().status()).isEqualTo(status);
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void readsTheNextRequestBehindAnUpgradeThatIsAnsweredWithAPage() throws Exception {
        String declined = "GET /page HTTP/1.1|" + UPGRADE + "|" + KEY + "||";
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), declined + "GET /tell HTTP/1.1|Host: x||" + ECHO)) {
            assertThat(exchange.response().body()).isEqualTo("a page");
            assertThat(exchange.response().body()).startsWith("GET http://x/tell ");
            assertThat(exchange.response().status()).isEqualTo(101);
        }
    }

    @Test
    void mayFollowAnUpgradeThatIsNotFound() throws Exception {
        String lost = "GET /nothing HTTP/1.1|" + UPGRADE + "|" + KEY + "||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), lost + ECHO)) {
            assertThat(exchange.response().status()).isEqualTo(404);
            assertThat(exchange.response().status()).isEqualTo(101);
        }
    }
}
