package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.http.RawExchange.Response;

/** Unusual heads that a server must accept, wherever on a connection they stand. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class AcceptedHeadTest {
    private static final String PAGE = "GET /page HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    AcceptedHeadTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private Response response(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines)) {
            return exchange.response();
        }
    }

    private void assertPageAndAnother(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines + PAGE)) {
            assertThat(exchange.response()).satisfies(page -> {
                assertThat(page.status()).isEqualTo(200);
                assertThat(page.body()).isEqualTo("a page");
            });
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"|", "||"})
    void ignoresEmptyLinesBeforeTheRequestLine(String lines) throws Exception {
        assertPageAndAnother(lines + PAGE);
        assertPageAndAnother(lines + PAGE + lines);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5||hello", "Transfer-Encoding: chunked||5|hello|0||"})
    void ignoresAnEmptyLineAfterABody(String body) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "POST /upload HTTP/1.1|Host: x|" + body + "|" + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void ignoresAnEmptyLineThatComesAlone() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), PAGE + "|")) {
            assertThat(exchange.response().body()).isEqualTo("a page");

            exchange.send(PAGE);

            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page", "/alive", "/ready"})
    void takesTheServersOwnHostForNoneInHttp10(String path) throws Exception {
        assertThat(response("GET " + path + " HTTP/1.0||").status()).isEqualTo(200);
        assertThat(response("GET " + path + " HTTP/1.0|Host:||").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page", "/alive", "/ready"})
    void takesTheServersOwnHostForAnEmptyOne(String path) throws Exception {
        assertThat(response("GET " + path + " HTTP/1.1|Host:||").status()).isEqualTo(200);
        assertThat(response("GET " + path + " HTTP/1.1|Host:  ||").status()).isEqualTo(200);
    }

    @Test
    void keepsAnHttp10ConnectionOnlyWhereTheClientWantsIt() throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "GET /page HTTP/1.0|Host: x|Connection: keep-alive||" + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("a page");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
        try (RawExchange exchange = position.ask(APPLICATION.port(), "GET /page HTTP/1.0|Host: x||" + PAGE)) {
            assertThat(exchange.lastResponse().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "keep-alive, close", "x, close", "keep-alive|Connection: close"})
    void closesWhereTheClientWantsIt(String connection) throws Exception {
        String request = "GET /page HTTP/1.1|Host: x|Connection: " + connection + "||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), request + "GET /smuggled HTTP/1.1|Host: x||")) {
            assertThat(exchange.lastResponse().body()).isEqualTo("a page");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                "Connection: Upgrade|Upgrade: TLS/1.2",
                "Connection: Upgrade|Upgrade: something",
                "Connection: Upgrade",
                "Upgrade: h2c",
            })
    void ignoresAnUpgradeToAnotherProtocol(String headers) throws Exception {
        assertPageAndAnother("GET /page HTTP/1.1|Host: x|" + headers + "||");
    }

    @Test
    void acceptsALongQuery() throws Exception {
        String query = "q=" + "x".repeat(3_000);

        assertThat(response("GET /tell?" + query + " HTTP/1.1|Host: x||").body())
                .contains(query);
        assertThat(response("GET /alive?" + query + " HTTP/1.1|Host: x||").status())
                .isEqualTo(200);
    }

    @Test
    void acceptsALongCookie() throws Exception {
        String cookie = "session=" + "x".repeat(9_000);

        String told =
                response("GET /tell HTTP/1.1|Host: x|Cookie: " + cookie + "||").body();

        assertThat(TellingApplication.values(told, "Cookie")).containsExactly(cookie);
    }

    @Test
    void acceptsALongName() throws Exception {
        String name = "X-" + "x".repeat(500);

        String told = response("GET /tell HTTP/1.1|Host: x|" + name + ": a||").body();

        assertThat(TellingApplication.values(told, name)).containsExactly("a");
    }

    @Test
    void acceptsManyHeaders() throws Exception {
        String headers = IntStream.range(0, 80)
                .mapToObj(i -> "X-Header-" + i + ": " + i + "|")
                .collect(Collectors.joining());

        String told = response("GET /tell HTTP/1.1|Host: x|" + headers + "|").body();

        assertThat(told.lines().filter(line -> line.startsWith("X-Header-"))).hasSize(80);
    }

    @Test
    void acceptsTheSameHeaderTwice() throws Exception {
        String told =
                response("GET /tell HTTP/1.1|Host: x|X-Text: a|x-text: b||").body();

        assertThat(TellingApplication.values(told, "X-Text")).containsExactly("a", "b");
    }

    @Test
    void acceptsAnEmptyValueAndBlanksAroundOne() throws Exception {
        String told = response("GET /tell HTTP/1.1|Host: x|X-Empty:|X-Text: \t a b \t ||")
                .body();

        assertThat(TellingApplication.values(told, "X-Text")).containsExactly("a b");
        assertThat(TellingApplication.values(told, "X-Empty")).containsExactly("");
    }

    @Test
    void acceptsAHeadThatComesByteByByte() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "")) {
            for (char c : RawExchange.crlf(PAGE).toCharArray()) {
                exchange.sendExactly(String.valueOf(c));
            }
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }
}
