package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.http.RawExchange.Response;

/** Where a request ends is certain, or the request is rejected and its connection closed. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class FramingTest {
    /** What would be executed where the end of the request before is found elsewhere. */
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";

    private static final int SMUGGLED_BYTES = RawExchange.crlf(SMUGGLED).length();

    /** So many of these are more than the server reads at once. */
    private static final int LARGE = 30_000;

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    FramingTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private Response lastResponse(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines)) {
            return exchange.lastResponse();
        }
    }

    private void assertRejected(String lines) throws Exception {
        assertThat(lastResponse(lines).status()).isEqualTo(400);
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "+32",
                "-32",
                "0x20",
                "32a",
                "32;",
                "3 2",
                "32,32",
                "32, 32",
                "32.0",
                "9223372036854775808",
                "18446744073709551616",
                "18446744073709551648",
            })
    void rejectsAContentLengthOtherThanOneNumber(String length) throws Exception {
        assertRejected("POST /upload HTTP/1.1|Host: x|Content-Length: " + length + "||" + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /page", "POST /upload", "GET /ws/echo/", "GET /nothing"})
    void rejectsAnEmptyContentLengthForEachTarget(String request) throws Exception {
        assertRejected(request + " HTTP/1.1|Host: x|Content-Length:||" + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "32", "0"})
    void rejectsTwoContentLengths(String second) throws Exception {
        assertRejected("POST /upload HTTP/1.1|Host: x|Content-Length: 32|Content-Length: " + second + "||" + SMUGGLED);
    }

    @Test
    void rejectsContentLengthBesideTransferEncoding() throws Exception {
        String chunks = "0||" + SMUGGLED;

        assertRejected("POST /upload HTTP/1.1|Host: x|Content-Length: 37|Transfer-Encoding: chunked||" + chunks);
        assertRejected("POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5||" + chunks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "chunked;q=1",
                "chunked; q=1",
                "gzip",
                "identity",
                "gzip, chunked",
                "chunked, gzip",
                "chunked, chunked",
                "chunked, identity",
                "\"chunked\"",
                "xchunked",
                "chunkedx",
                "chunked chunked",
                "chunked|Transfer-Encoding: chunked",
                "gzip|Transfer-Encoding: chunked",
                "chunked|Transfer-Encoding: identity",
            })
    void rejectsATransferEncodingOtherThanChunkedOnce(String coding) throws Exception {
        Response response =
                lastResponse("POST /upload HTTP/1.1|Host: x|Transfer-Encoding: " + coding + "||0||" + SMUGGLED);

        assertThat(response.status()).isIn(400, 501);
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void rejectsATransferEncodingWhoseNameIsNotOne() throws Exception {
        assertRejected("POST /upload HTTP/1.1|Host: x|Transfer-Encoding : chunked||0||" + SMUGGLED);
        assertRejected("POST /upload HTTP/1.1|Host: x| Transfer-Encoding: chunked||0||" + SMUGGLED);
        assertRejected("POST /upload HTTP/1.1|Host: x|Transfer-Encoding\u0000: chunked||0||" + SMUGGLED);
    }

    @Test
    void rejectsTransferEncodingInHttp10() throws Exception {
        assertRejected("POST /upload HTTP/1.0|Host: x|Transfer-Encoding: chunked||0||" + SMUGGLED);
        assertRejected(
                "POST /upload HTTP/1.0|Host: x|Connection: keep-alive|Transfer-Encoding: chunked||0||" + SMUGGLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "05", "0000000000000000000000005"})
    void readsAsManyBytesAsTheContentLengthSays(String length) throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|Content-Length: " + length + "||hello";
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + "GET /page HTTP/1.1|Host: x||")) {
            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void doesNotTakeABodyForARequest() throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|Content-Length: " + SMUGGLED_BYTES + "||" + SMUGGLED;
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + "GET /page HTTP/1.1|Host: x||")) {
            assertThat(exchange.response().body()).isEqualTo("got " + RawExchange.crlf(SMUGGLED));
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /page", "POST /page", "GET /ws/echo/"})
    void doesNotTakeABodyForARequestThatTheRouteDoesNotRead(String request) throws Exception {
        String unread = request + " HTTP/1.1|Host: x|Content-Length: " + SMUGGLED_BYTES + "||" + SMUGGLED;
        try (RawExchange exchange = position.ask(APPLICATION.port(), unread)) {
            assertThat(exchange.response().status()).isIn(200, 426);

            exchange.send("GET /page HTTP/1.1|Host: x|Connection: close||");

            assertThat(exchange.rest())
                    .satisfiesAnyOf(
                            closed -> assertThat(closed).isEmpty(),
                            next -> assertThat(next).endsWith("a page"));
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void doesNotTakeALargeBodyForRequestsThatTheRouteDoesNotRead() throws Exception {
        String body = SMUGGLED.repeat(LARGE);
        String unread = "POST /page HTTP/1.1|Host: x|Content-Length: " + SMUGGLED_BYTES * LARGE + "||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), unread)) {
            assertThat(exchange.response().body()).isEqualTo("a page");

            exchange.sendInVain(body + "GET /page HTTP/1.1|Host: x|Connection: close||");

            assertThat(exchange.rest()).doesNotContain("smuggled");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }
}
