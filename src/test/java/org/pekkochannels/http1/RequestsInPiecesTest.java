package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that arrive in pieces: what is read does not depend on where the bytes were cut. */
final class RequestsInPiecesTest {
    // Longer than the first buffer of a head.
    private static final String LONG = "x".repeat(700);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1|Host: x||",
                "||GET / HTTP/1.1|Host: x|a:\t\u20ac b||GET /next",
                "GET /LONG HTTP/1.1|Host: x|a: LONG|b: LONG|c: d||GET /next",
                "POST / HTTP/1.1|Host: x|Content-Length: 11||hello worldGET /next",
                "POST / HTTP/1.1|Host: x|Content-Length: 700||LONGGET /next",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked||4;a=b \t|Wiki|00005|pedia|0|X: y||GET /next",
                "POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked||2BC|LONG|1|y|0||GET /next"
            })
    void areReadAsInOnePiece(String lines) {
        byte[] bytes = Requests.bytes(lines.replace("LONG", LONG));
        Reading whole = Reading.of(bytes, 0);
        assertThat(whole.isRequest()).isTrue();
        assertThat(whole.taken()).isEqualTo(bytes.length - (lines.endsWith("GET /next") ? "GET /next".length() : 0));

        for (long pieces = 1; pieces <= 30; pieces++) {
            Reading reading = Reading.of(bytes, pieces);
            assertThat(reading.isSame(whole)).as("%s and %s", reading, whole).isTrue();
            assertThat(withoutChunks(reading)).isEqualTo(withoutChunks(whole));
        }
    }

    private static String withoutChunks(Reading reading) {
        return new String(reading.canonical(), StandardCharsets.UTF_8)
                .replaceAll("[0-9A-F]{8}\r\n((?s:.)*?)\r\n", "$1");
    }

    @Test
    void aHeadHasBegunWithTheFirstByteOfItsFirstLine() throws Exception {
        HeadReader reader = HeadReader.ofRequests(4096, 10);
        byte[] bytes = Requests.bytes("|GET / HTTP/1.1||");

        assertThat(hasBegunAfter(reader, bytes, 0)).isFalse();
        assertThat(hasBegunAfter(reader, bytes, 1)).isFalse();
        assertThat(reader.kept()).isZero();
        assertThat(hasBegunAfter(reader, bytes, 2)).isTrue();
        assertThat(hasBegunAfter(reader, bytes, 3)).isTrue();
        assertThat(reader.kept()).isEqualTo(2);
        assertThat(reader.isComplete()).isFalse();
        assertThat(reader.kept(2)).isEqualTo(new byte[] {'G', 'E'});
    }

    private static boolean hasBegunAfter(HeadReader reader, byte[] bytes, int at) throws RefusedRequestException {
        assertThat(reader.read(bytes, at, 1)).isOne();
        return reader.hasBegun();
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void namesAnotherProtocolThanHttp(String lines, Optional<ForeignProtocol> protocol) {
        RefusedRequestException refused =
                catchThrowableOfType(RefusedRequestException.class, () -> Requests.head(lines));

        assertThat(refused.spoken()).isEqualTo(protocol);
    }

    private static Stream<Arguments> foreign() {
        return Stream.of(
                Arguments.of("\u0016\u0003\u0001", Optional.of(ForeignProtocol.TLS)),
                Arguments.of("||\u0000|QUIT\n", Optional.of(ForeignProtocol.PROXY)),
                Arguments.of("PROXY TCP4 1.2.3.4 1.2.3.4 1 2||", Optional.of(ForeignProtocol.PROXY)),
                Arguments.of("GET / HTTP/1.1|\u0016||", Optional.empty()),
                Arguments.of("\u0001||", Optional.empty()),
                Arguments.of("\u0001 / HTTP/1.1||", Optional.empty()),
                Arguments.of("GET /||", Optional.empty()));
    }
}
