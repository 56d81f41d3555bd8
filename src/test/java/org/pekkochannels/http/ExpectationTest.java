package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.RawExchange.Response;

/** {@code Expect: 100-continue} is met when the route reads the body; another expectation fails. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class ExpectationTest {
    private static final String PAGE = "GET /page HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    ExpectationTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", "100-Continue"})
    void isMetBeforeTheBodyIsSent(String expectation) throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(), "POST /upload HTTP/1.1|Host: x|Content-Length: 5|Expect: " + expectation + "||")) {
            assertThat(exchange.response().status()).isEqualTo(100);

            exchange.send("hello" + PAGE);

            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void isMetBeforeABodyInChunksIsSent() throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(),
                "POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked|Expect: 100-continue||")) {
            assertThat(exchange.response().status()).isEqualTo(100);

            exchange.send("5|hello|0||" + PAGE);

            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void doesNotHoldUpAClientThatDoesNotWait() throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(),
                "POST /upload HTTP/1.1|Host: x|Content-Length: 5|Expect: 100-continue||hello" + PAGE)) {
            assertThat(finalResponse(exchange).body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    /** A page must not answer with what only precedes a response. */
    @Test
    void isNotWhatAPageMayAnswerWith() throws Exception {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.edge.HttpExchange");
                RawExchange exchange = position.ask(APPLICATION.port(), "GET /continue HTTP/1.1|Host: x||" + PAGE)) {
            assertThat(exchange.response().status()).isEqualTo(500);
            assertThat(exchange.response().body()).isEqualTo("a page");
            assertThat(log.soFar("a page answered with status 100")).hasSize(1);
        }
    }

    private static Response finalResponse(RawExchange exchange) throws Exception {
        Response response = exchange.response();
        return response.status() == 100 ? exchange.response() : response;
    }

    @Test
    void isNotMetWhereTheRouteDoesNotReadTheBody() throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(), "POST /page HTTP/1.1|Host: x|Content-Length: 5|Expect: 100-continue||")) {
            assertThat(exchange.response()).satisfies(page -> {
                assertThat(page.status()).isEqualTo(200);
                assertThat(page.body()).isEqualTo("a page");
            });
        }
    }

    @Test
    void isIgnoredInHttp10() throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(), "POST /upload HTTP/1.0|Host: x|Content-Length: 5|Expect: 100-continue||hello")) {
            Response response = exchange.lastResponse();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("got hello");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200-ok", "100-continue, 200-ok", "100-continue|Expect: 200-ok", "x"})
    void failsWhereItIsAnother(String expectation) throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(),
                "POST /upload HTTP/1.1|Host: x|Content-Length: 32|Expect: " + expectation
                        + "||GET /smuggled HTTP/1.1|Host: x||")) {
            assertThat(exchange.response().status()).isEqualTo(417);
            assertThat(exchange.rest()).doesNotContain("smuggled");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }
}
