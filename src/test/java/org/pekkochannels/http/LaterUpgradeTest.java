package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.http.RawExchange.Response;

/** An upgrade to an endpoint has the same response wherever on its connection it stands. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class LaterUpgradeTest {
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final String UPGRADE = "Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13";
    private static final String ECHO = "GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY;
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    LaterUpgradeTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private void assertEchoes(RawExchange exchange) throws Exception {
        assertThat(exchange.response()).satisfies(accepted -> {
            assertThat(accepted.status()).isEqualTo(101);
            assertThat(accepted.header("Sec-WebSocket-Accept")).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        });
        assertThat(exchange.text()).isEqualTo("hello");
    }

    private static Response refusal(Position position, String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines)) {
            return exchange.lastResponse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {303, 403, 419, 440, 499, 520, 599})
    void isRefusedWithAnyStatus(int status) throws Exception {
        assertThat(refusal(position, "GET /ws/refuse/" + status + "/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||"))
                .satisfies(refused -> {
                    assertThat(refused.status()).isEqualTo(status);
                    assertThat(refused.body()).isEqualTo("no");
                });
    }

    @Test
    void deliversAFrameThatFollowsTheResponse() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), ECHO + "||")) {
            assertThat(exchange.response().status()).isEqualTo(101);

            exchange.sendExactly(RawExchange.HELLO);

            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    @Test
    void deliversFramesThatCameTogetherWithTheRequest() throws Exception {
        try (RawExchange exchange =
                position.askExactly(APPLICATION.port(), RawExchange.crlf(ECHO + "||") + RawExchange.HELLO.repeat(3))) {
            assertEchoes(exchange);
            assertThat(exchange.text()).isEqualTo("hello");
            assertThat(exchange.text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; GET /ws/echo/ HTTP/1.0|" + UPGRADE + "|" + KEY,
                "400; POST /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY,
                "400; GET /ws/echo/ HTTP/1.1|Host: x|Upgrade: websocket|Sec-WebSocket-Version: 13|" + KEY,
                "400; GET /ws/echo/ HTTP/1.1|Host: x|Connection: close|Upgrade: websocket|Sec-WebSocket-Version: 13|"
                        + KEY,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|Sec-WebSocket-Key:",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|Sec-WebSocket-Key: short",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|" + KEY,
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Host: y",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Content-Length: 32",
                "400; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Transfer-Encoding: chunked",
                "400; GET /ws/echo/ HTTP/1.1|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|" + KEY,
                "426; GET /ws/echo/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 8|"
                        + KEY,
                "426; GET /ws/echo/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|" + KEY,
                "426; GET /ws/echo/ HTTP/1.1|" + UPGRADE + "|Sec-WebSocket-Version: 8|" + KEY,
                "404; GET /ws/nothing/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|Connection: close",
            })
    void isRefusedAsAFirstRequestIs(int status, String lines) throws Exception {
        Response refusal = refusal(position, lines + "||" + SMUGGLED);

        assertThat(refusal.status()).isEqualTo(status);
        assertThat(refusal.body())
                .isEqualTo(refusal(Position.FIRST, lines + "||").body());
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "0", "14", "x", "13, 8"})
    void isToldTheVersionWhereItHasAnother(String version) throws Exception {
        Response refusal = refusal(
                position,
                "GET /ws/echo/ HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: "
                        + version + "|" + KEY + "||");

        assertThat(refusal.status()).isEqualTo(426);
        assertThat(refusal.header("Sec-WebSocket-Version")).contains("13");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: keep-alive|Connection: Upgrade",
                "Connection: Upgrade|Connection: keep-alive",
                "Connection: keep-alive, Upgrade",
                "Connection: ,upgrade ,",
                "connection: UPGRADE",
            })
    void isAcceptedWhateverTheFormOfItsConnectionHeader(String connection) throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(),
                "GET /ws/echo/ HTTP/1.1|Host: x|" + connection + "|Upgrade: WebSocket|Sec-WebSocket-Version: 13|" + KEY
                        + "||" + RawExchange.HELLO)) {
            assertEchoes(exchange);
        }
    }

    static Stream<String> offers() {
        return Stream.of(
                "Sec-WebSocket-Protocol: a, b",
                "Sec-WebSocket-Protocol: a|Sec-WebSocket-Protocol: b",
                "Sec-WebSocket-Protocol: a|X: y|sec-websocket-protocol: b",
                "Sec-WebSocket-Protocol: a,,b,",
                "Sec-WebSocket-Protocol: ,a ,\t, b");
    }

    @ParameterizedTest
    @MethodSource("offers")
    void offersAllSubprotocols(String lines) throws Exception {
        try (RawExchange exchange = position.ask(
                APPLICATION.port(), "GET /ws/tell/ HTTP/1.1|" + UPGRADE + "|" + KEY + "|" + lines + "||")) {
            assertThat(exchange.response().status()).isEqualTo(101);
            assertThat(TellingApplication.values(exchange.text(), "offers")).containsExactly("a b");
        }
    }

    @Test
    void mayHaveALongQueryALongCookieAndManyHeaders() throws Exception {
        String query = "q=" + "x".repeat(3_000);
        String cookie = "session=" + "x".repeat(9_000);
        String headers = "X-Text: a|".repeat(80);
        try (RawExchange exchange = position.ask(
                APPLICATION.port(),
                "GET /ws/tell/?" + query + " HTTP/1.1|" + UPGRADE + "|" + KEY + "|Cookie: " + cookie + "|" + headers
                        + "|")) {
            assertThat(exchange.response().status()).isEqualTo(101);
            String told = exchange.text();
            assertThat(TellingApplication.values(told, "query")).containsExactly(query);
            assertThat(TellingApplication.values(told, "Cookie")).containsExactly(cookie);
            assertThat(TellingApplication.values(told, "X-Text")).hasSize(80);
        }
    }

    @Test
    void isNotAnsweredBehindARequestThatClosesTheConnection() throws Exception {
        String closing = "GET /page HTTP/1.1|Host: x|Connection: close||";
        String upgrade = "GET /ws/smuggled/ HTTP/1.1|" + UPGRADE + "|" + KEY + "||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), closing + upgrade)) {
            assertThat(exchange.lastResponse().body()).isEqualTo("a page");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void mayComeByteByByte() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), ECHO.substring(0, 1))) {
            sendByteByByte(exchange, RawExchange.crlf(ECHO.substring(1) + "||") + RawExchange.HELLO);

            assertEchoes(exchange);
        }
    }

    @Test
    void isRefusedWhereItComesByteByByteAndIsMalformed() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), ECHO.substring(0, 1))) {
            sendByteByByte(exchange, RawExchange.crlf(ECHO.substring(1) + "|no colon||"));

            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
    }

    private static void sendByteByByte(RawExchange exchange, String bytes) throws Exception {
        for (int i = 0; i < bytes.length(); i++) {
            exchange.sendExactly(bytes.substring(i, i + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5||hello", "Transfer-Encoding: chunked||5|hello|0||"})
    void mayFollowABody(String body) throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|" + body;
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + ECHO + "||" + RawExchange.HELLO)) {
            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertEchoes(exchange);
        }
    }

    @Test
    void isAnsweredWhenTheResponseBeforeItIsComplete() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "GET /slow HTTP/1.1|Host: x||")) {
            String begun = "5\r\nbegun\r\n";
            readTo(exchange, begun);
            exchange.send(ECHO + "||" + RawExchange.HELLO);

            APPLICATION.endSlow();

            String ended = "5\r\nended\r\n0\r\n\r\n";
            assertThat(exchange.read(ended.length())).isEqualTo(ended);
            assertEchoes(exchange);
        }
    }

    private static void readTo(RawExchange exchange, String end) throws Exception {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(end) < 0) {
            read.append(exchange.read(1));
        }
    }
}
