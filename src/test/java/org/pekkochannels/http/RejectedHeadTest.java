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

/** A head that another reader could read in another way is rejected, and the connection is closed. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class RejectedHeadTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    RejectedHeadTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private Response lastResponse(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines)) {
            Response response = exchange.lastResponse();
            assertThat(APPLICATION.smuggled()).isZero();
            return response;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no colon",
                "nocolon",
                ": no name",
                "X : blank before the colon",
                "X\t: tab before the colon",
                "X: a| folded",
                "X: a|\tfolded",
                "X: a\nX-Second: b",
                "X: a\rb",
                "X: a\r",
                "X:\r a",
                "X:\nX-Second: b",
                "X: a\u0000b",
                "X: a\u000bb",
                "X: a\f",
                "X: a\u007f",
                "X\u00e9: a",
                "X Y: a",
                "X(Y): a",
                "X\u0000: a",
            })
    void rejectsAMalformedHeader(String header) throws Exception {
        assertThat(lastResponse("GET /page HTTP/1.1|Host: x|" + header + "||" + SMUGGLED)
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /page",
                "GET",
                "GET /page ",
                "GET  /page HTTP/1.1",
                "GET /page  HTTP/1.1",
                " GET /page HTTP/1.1",
                "GET /page HTTP/1.1 ",
                "GET /page x HTTP/1.1",
                "GET\t/page HTTP/1.1",
                "GET /page\tHTTP/1.1",
                "GET /pa\u0000ge HTTP/1.1",
                "G{T /page HTTP/1.1",
                "(GET) /page HTTP/1.1",
                "G\u00c9T /page HTTP/1.1",
                "\u0001\u0002\u0003",
            })
    void rejectsAMalformedRequestLine(String line) throws Exception {
        assertThat(lastResponse(line + "|Host: x||" + SMUGGLED).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1x", "http/1.1", "HTTP/11", "HTTP/1", "HTTP/1.", "HTTP/1.01", "HTP/1.1"})
    void rejectsAMalformedVersion(String version) throws Exception {
        assertThat(lastResponse("GET /page " + version + "|Host: x||" + SMUGGLED)
                        .status())
                .isIn(400, 505);
    }

    @Test
    void rejectsARequestLineThatEndsInABareLineFeed() throws Exception {
        assertThat(lastResponse("GET /page HTTP/1.1\nHost: x||" + SMUGGLED).status())
                .isEqualTo(400);
        assertThat(lastResponse("GET /page HTTP/1.1\nHost: x\n\n" + SMUGGLED).status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /page HTTP/1.2", "GET /page HTTP/2.0", "GET /page HTTP/3.0", "GET /page HTTP/0.9"})
    void answers505ForAnotherVersion(String line) throws Exception {
        assertThat(lastResponse(line + "|Host: x||" + SMUGGLED).status()).isEqualTo(505);
    }

    @Test
    void answers505ForThePrefaceOfHttp2() throws Exception {
        String settings = "\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000";

        assertThat(lastResponse("PRI * HTTP/2.0||SM||").status()).isEqualTo(505);
        assertThat(lastResponse("PRI * HTTP/2.0||SM||" + settings).status()).isEqualTo(505);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BREW", "get", "M-SEARCH"})
    void answers501ForAnUnknownMethod(String method) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), method + " /page HTTP/1.1|Host: x||")) {
            assertThat(exchange.response().status()).isEqualTo(501);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Host: x|Host: x|",
                "Host: x|Host: y|",
                "Host: x|host:|",
                "Host: x, y|",
                "Host: x y|",
                "Host: x/y|",
                "Host: x@y|",
                "Host: x:y|",
            })
    void rejectsARequestWithoutExactlyOneHost(String host) throws Exception {
        assertThat(lastResponse("GET /page HTTP/1.1|" + host + "|" + SMUGGLED).status())
                .isEqualTo(400);
    }

    @Test
    void rejectsTwoHostsInHttp10() throws Exception {
        assertThat(lastResponse("GET /page HTTP/1.0|Host: x|Host: y||" + SMUGGLED)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void answers431ForAHeadThatIsTooLarge() throws Exception {
        String large = "GET /page HTTP/1.1|Host: x|X: " + "x".repeat(20_000);

        assertThat(lastResponse(large + "||" + SMUGGLED).status()).isEqualTo(431);
        assertThat(lastResponse(large).status()).isEqualTo(431);
    }
}
