package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadReaderTest {
    private static final int MOST = 64;
    private static final int MOST_FIELDS = 6;

    private static HeadReader read(String lines) throws RefusedRequestException {
        HeadReader reader = HeadReader.ofRequests(MOST, MOST_FIELDS);
        byte[] bytes = Requests.bytes(lines);
        reader.read(bytes, 0, bytes.length);
        return reader;
    }

    private static String ofSize(int bytes) {
        String head = "GET / HTTP/1.1|X: ";
        return head + "y".repeat(bytes - Requests.bytes(head).length - 4) + "||";
    }

    @Test
    void takesAHeadOfExactlyTheMostBytes() throws Exception {
        assertThat(read(ofSize(MOST)).isComplete()).isTrue();
        assertThat(read("||||" + ofSize(MOST)).isComplete()).isTrue();
        assertRefused(ofSize(MOST + 1), 431);
    }

    @Test
    void takesAHeadOfExactlyTheMostFields() throws Exception {
        String head = "GET / HTTP/1.1|" + "a:|".repeat(MOST_FIELDS);
        assertThat(read(head + "|").isComplete()).isTrue();
        assertThat(read("|" + head + "|").isComplete()).isTrue();
        assertRefused(head + "a:|", 431);
    }

    @Test
    void skipsAsManyBytesOfEmptyLinesAsAHeadMayHave() throws Exception {
        assertThat(read("|".repeat(MOST / 2)).hasBegun()).isFalse();
        assertRefused("|".repeat(MOST / 2 + 1), 431);
    }

    @Test
    void stopsBehindTheHead() throws Exception {
        byte[] bytes = Requests.bytes("||GET / HTTP/1.1||GET");

        assertThat(HeadReader.ofRequests(MOST, MOST_FIELDS).read(bytes, 0, bytes.length))
                .isEqualTo(bytes.length - 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\n",
                "\n",
                "GET\r ",
                "\rG",
                "\r\r",
                "GET / HTTP/1.1|X: y\rZ: a|",
                "GET / HTTP/1.1|\r\r"
            })
    void refusesACarriageReturnOrLineFeedAlone(String lines) {
        assertRefused(lines, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "GET /",
                "GET  / HTTP/1.1",
                "GET / HTTP/1.1 ",
                " GET / HTTP/1.1",
                "GET\t/ HTTP/1.1",
                "GET / http/1.1",
                "GET / HTTP/1.10",
                "GET / HTTP/11",
                "GET / HTTP/x.1",
                "GET / HTTP/1.x",
                "GET /\u007f HTTP/1.1",
                "G(T / HTTP/1.1",
                "GET /\u00e9 HTTP/1.1",
                "GET / HTTP/1.1|X",
                "GET / HTTP/1.1|: y",
                "GET / HTTP/1.1|X : y",
                "GET / HTTP/1.1| X: y",
                "GET / HTTP/1.1|X: y| z",
                "GET / HTTP/1.1|X: \0",
                "GET / HTTP/1.1|X: \u007f",
                "GET / HTTP/1.1|X\u00e9: y"
            })
    void refusesAMalformedLine(String lines) throws Exception {
        HeadReader reader = read(lines + "||");

        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(reader::head)
                .withMessageStartingWith("400");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/1.2"})
    void tellsThatAVersionIsNotServed(String version) throws Exception {
        HeadReader reader = read("GET / " + version + "||");

        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(reader::head)
                .withMessageStartingWith("505");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"X: \ty \t,y", "X:y,y", "X:,''", "X: a\tb,a b", "X: grüße €,grüße €"})
    void trimsAValueAndReadsUtf8(String line, String value) throws Exception {
        assertThat(read("GET / HTTP/1.1|" + line + "||").head().values("x")).containsExactly(value);
    }

    @Test
    void readsLatin1WhereItIsNotUtf8() throws Exception {
        byte[] bytes = Requests.bytes("GET / HTTP/1.1|X: ?||");
        bytes[bytes.length - 5] = (byte) 0xe9;
        HeadReader reader = HeadReader.ofRequests(MOST, MOST_FIELDS);
        reader.read(bytes, 0, bytes.length);

        assertThat(reader.head().values("X")).containsExactly("é");
    }

    private static void assertRefused(String lines, int status) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> read(lines))
                .withMessageStartingWith("" + status);
    }
}
