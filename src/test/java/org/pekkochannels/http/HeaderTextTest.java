package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A header's value is UTF-8 if it is well-formed, and otherwise Latin-1; it never reaches beyond its line. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class HeaderTextTest {
    private static final String UPGRADE =
            "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";
    private static final String SMUGGLED_UPGRADE = "GET /ws/smuggled/ HTTP/1.1|Host: x|" + UPGRADE + "||";
    private static final String PAGE = "GET /page HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    HeaderTextTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private String toldByPage(String header) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "GET /tell HTTP/1.1|Host: x|" + header + "||" + PAGE)) {
            String told = exchange.response().body();
            assertThat(exchange.response().body()).isEqualTo("a page");
            return told;
        }
    }

    private String toldByConsumer(String header) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "GET /ws/tell/ HTTP/1.1|Host: x|" + UPGRADE + "|" + header + "||")) {
            assertThat(exchange.response().status()).isEqualTo(101);
            return exchange.text();
        }
    }

    // The first column has a character for each byte.
    @ParameterizedTest
    @CsvSource({
        "caf\u00c3\u00a9,          caf\u00e9",
        "\u00e2\u0082\u00ac,       \u20ac",
        "\u00f0\u009f\u0098\u0080, \uD83D\uDE00",
        "caf\u00e9,                caf\u00e9",
        "\u00e9t\u00e9,            \u00e9t\u00e9",
        "\u00e9,                   \u00e9",
        "\u00c3,                   \u00c3",
        "\u00f0\u009f\u0098,       \u00f0\u009f\u0098",
        "\u00c3\u00a9 \u00e9,      \u00c3\u00a9 \u00e9",
        "\u00c0\u00af,             \u00c0\u00af",
        "\u00ed\u00a0\u0080,       \u00ed\u00a0\u0080",
        "\u00ff,                   \u00ff",
    })
    void isTheSameForPagesAndConsumers(String bytes, String text) throws Exception {
        assertThat(TellingApplication.values(toldByPage("X-Text: " + bytes), "X-Text"))
                .containsExactly(text);
        assertThat(TellingApplication.values(toldByConsumer("X-Text: " + bytes), "X-Text"))
                .containsExactly(text);
    }

    @Test
    void isReadForEachHeaderAlone() throws Exception {
        String headers = "X-Utf: \u00c3\u00a9|X-Latin: \u00e9|X-Ascii: e";

        for (String told : new String[] {toldByPage(headers), toldByConsumer(headers)}) {
            assertThat(TellingApplication.values(told, "X-Utf")).containsExactly("\u00e9");
            assertThat(TellingApplication.values(told, "X-Latin")).containsExactly("\u00e9");
            assertThat(TellingApplication.values(told, "X-Ascii")).containsExactly("e");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cookie: session=\u00e9", "User-Agent: \u00e9", "Origin: \u00e9", "Referer: \u00e9"})
    void mayBeOutsideAsciiInAHeaderThatPekkoHttpParses(String header) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "GET /page HTTP/1.1|Host: x|" + header + "||" + PAGE)) {
            assertThat(exchange.response().status()).isEqualTo(200);
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e9", "\u00c3", "\u00f0\u009f", "\u00f0\u009f\u0098", "\u00e2\u0082"})
    void doesNotSwallowTheContentLengthBehindIt(String end) throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|X: " + end + "|Content-Length: "
                + RawExchange.crlf(SMUGGLED).length() + "||" + SMUGGLED;
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got " + RawExchange.crlf(SMUGGLED));
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void doesNotSwallowTheContentLengthBeforeASmuggledUpgrade() throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|X: \u00e9|Content-Length: "
                + RawExchange.crlf(SMUGGLED_UPGRADE).length() + "||" + SMUGGLED_UPGRADE;
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got " + RawExchange.crlf(SMUGGLED_UPGRADE));
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void doesNotSwallowTheTransferEncodingBehindIt() throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|X: \u00e9|Transfer-Encoding: chunked||5|hello|0||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e9", "\u00f0\u009f"})
    void doesNotSwallowTheEndOfTheHead(String end) throws Exception {
        String forged = "X-Forwarded-For: 6.6.6.6||";
        String tell = "POST /tell HTTP/1.1|Host: x|Content-Length: "
                + RawExchange.crlf(forged).length() + "|X: " + end + "||" + forged;
        try (RawExchange exchange = position.ask(APPLICATION.port(), tell)) {
            assertThat(exchange.response().body()).startsWith("POST ").doesNotContain("6.6.6.6");
        }
    }

    @Test
    void isAnsweredAtOnceAtTheEndOfAHeadWithoutABody() throws Exception {
        assertThat(TellingApplication.values(toldByPage("X-Text: \u00e9"), "X-Text"))
                .containsExactly("\u00e9");
    }

    @Test
    void doesNotHideAHeaderBehindIt() throws Exception {
        String headers = "X: \u00e9|X-Forwarded-For: 10.0.0.1|X-Text: a";

        for (String told : new String[] {toldByPage(headers), toldByConsumer(headers)}) {
            assertThat(TellingApplication.values(told, "X-Forwarded-For")).containsExactly("10.0.0.1");
            assertThat(TellingApplication.values(told, "X-Text")).containsExactly("a");
        }
    }
}
