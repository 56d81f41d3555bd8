package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body in chunks is read strictly; malformed chunks are rejected and what follows is not a request. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class ChunkedUploadTest {
    private static final String CHUNKED = " HTTP/1.1|Host: x|Transfer-Encoding: chunked||";
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1|Host: x||";
    private static final String PAGE = "GET /page HTTP/1.1|Host: x||";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    ChunkedUploadTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private void assertRejected(String chunks) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "POST /upload" + CHUNKED + chunks + SMUGGLED)) {
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    private void assertRead(String chunks, String body) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "POST /upload" + CHUNKED + chunks + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got " + body);
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "|hello|0||",
                "g|hello|0||",
                "5x|hello|0||",
                "0x5|hello|0||",
                "-5|hello|0||",
                "+5|hello|0||",
                " 5|hello|0||",
                "5,5|hello|0||",
                ";a=b|hello|0||",
                "8000000000000000|hello|0||",
                "FFFFFFFFFFFFFFFF|hello|0||",
                "10000000000000005|hello|0||",
            })
    void rejectsASizeThatIsNotAHexadecimalNumber(String chunks) throws Exception {
        assertRejected(chunks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5|hello0||",
                "5|helloXX0||",
                "5|hello!|0||",
                "5\nhello|0||",
                "5\rhello|0||",
                "5|hello\n0||",
                "5|hello\r0||",
                "5|hello|0\n\n",
                "5|hello|0|\n",
                "5;a\nb|hello|0||",
                "5;a\rb|hello|0||",
                "5;a\u0000b|hello|0||",
            })
    void rejectsALineEndOtherThanCrlf(String chunks) throws Exception {
        assertRejected(chunks);
    }

    @Test
    void rejectsAnExtensionThatIsTooLong() throws Exception {
        assertRejected("5;" + "x".repeat(10_001) + "|hello|0||");
    }

    @Test
    void rejectsAnExtensionThatDoesNotEnd() throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "POST /upload" + CHUNKED + "5;" + "x".repeat(50_000))) {
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no colon",
                ": no name",
                "X : blank before the colon",
                "X: a| folded",
                " folded",
                "X: a\nY: b",
                "X: a\rb",
                "X: a\u0000b",
                "X\u00e9: a",
            })
    void rejectsAMalformedTrailer(String trailer) throws Exception {
        assertRejected("5|hello|0|" + trailer + "||");
    }

    @Test
    void doesNotExecuteWhatFollowsUnreadMalformedChunks() throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "POST /page" + CHUNKED + "5|helloXX0||" + SMUGGLED)) {
            assertThat(exchange.response().status()).isIn(200, 400);
            assertThat(exchange.rest()).doesNotContain("smuggled");
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "Chunked", "CHUNKED"})
    void readsChunksWhateverTheCaseOfTheCoding(String coding) throws Exception {
        String upload = "POST /upload HTTP/1.1|Host: x|Transfer-Encoding: " + coding + "||5|hello|0||";
        try (RawExchange exchange = position.ask(APPLICATION.port(), upload + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("got hello");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @Test
    void readsChunksOfEachSize() throws Exception {
        assertRead("0||", "");
        assertRead("005|hello|00||", "hello");
        assertRead("5|hello|6| world|0||", "hello world");
        assertRead("A|0123456789|a|0123456789|0||", "01234567890123456789");
        assertRead("4E20|" + "x".repeat(20_000) + "|0||", "x".repeat(20_000));
    }

    @Test
    void doesNotTakeAChunkForARequest() throws Exception {
        int bytes = RawExchange.crlf(SMUGGLED).length();

        assertRead(Integer.toHexString(bytes) + "|" + SMUGGLED + "|0||", RawExchange.crlf(SMUGGLED));

        assertThat(APPLICATION.smuggled()).isZero();
    }

    @Test
    void readsChunksThatComeByteByByte() throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "POST /upload" + CHUNKED)) {
            for (char c : RawExchange.crlf("5;a=b|hello|0|X: a||").toCharArray()) {
                exchange.sendExactly(String.valueOf(c));
            }
            assertThat(exchange.response().body()).isEqualTo("got hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5;a|hello|0||",
                "5;a=b|hello|0||",
                "5;a=\"b c\";d|hello|0;e=f||",
                "5|hello|0|X-Trailer: a||",
                "5|hello|0|X-Trailer: a|Content-Length: 7|Transfer-Encoding: gzip|Host: y||",
            })
    void readsExtensionsAndTrailersAndHandsNoneOn(String chunks) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), "POST /chunks" + CHUNKED + chunks + PAGE)) {
            assertThat(exchange.response().body()).isEqualTo("beside:");
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
        assertRead(chunks, "hello");
    }
}
