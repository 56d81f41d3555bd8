package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyFramingTest {
    private static BodyFraming framing(String method, String version, String fields) throws Exception {
        return Requests.read(method + " / " + version + "|Host: x|" + fields + "|")
                .framing();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "42, 42",
        "000000000000000042, 42",
        "00000000000000000000000042, 42",
        "999999999999999999, 999999999999999999",
    })
    void isOneDecimalNumber(String sent, long length) throws Exception {
        assertThat(framing("POST", "HTTP/1.1", "Content-Length: " + sent + "|"))
                .isEqualTo(new BodyFraming(false, length));
    }

    @Test
    void isEmptyWhereTheHeadSaysNothing() throws Exception {
        assertThat(framing("POST", "HTTP/1.1", "").isEmpty()).isTrue();
        assertThat(framing("POST", "HTTP/1.0", "").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chunked", "CHUNKED", " chunked "})
    void isChunkedInHttp11(String coding) throws Exception {
        assertThat(framing("POST", "HTTP/1.1", "Transfer-Encoding:" + coding + "|")
                        .chunked())
                .isTrue();
        assertRefused("POST", "HTTP/1.0", "Transfer-Encoding:" + coding + "|");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length:|",
                "Content-Length: 1000000000000000000|",
                "Content-Length: 18446744073709551620|",
                "Content-Length: 4 4|",
                "Content-Length: 4, 4|",
                "Content-Length: +4|",
                "Content-Length: -4|",
                "Content-Length: 0x4|",
                "Content-Length: 4|Content-Length: 4|",
                "Content-Length: \u0664|",
                "Transfer-Encoding:|",
                "Transfer-Encoding: gzip, chunked|",
                "Transfer-Encoding: chunked;q=1|",
                "Transfer-Encoding: identity|",
                "Transfer-Encoding: chunked, chunked|",
                "Transfer-Encoding: xchunked|",
                "Transfer-Encoding: chunked|Transfer-Encoding: chunked|",
                "Transfer-Encoding: chunked|Content-Length: 4|",
                "Content-Length: 0|Transfer-Encoding: chunked|"
            })
    void isRefusedWhereItCanBeReadInTwoWays(String fields) {
        assertRefused("POST", "HTTP/1.1", fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "TRACE"})
    void isEmptyWhereTheMethodHasNoBody(String method) throws Exception {
        assertThat(framing(method, "HTTP/1.1", "Content-Length: 0|").isEmpty()).isTrue();
        assertRefused(method, "HTTP/1.1", "Content-Length: 1|");
        assertRefused(method, "HTTP/1.1", "Transfer-Encoding: chunked|");
    }

    private static void assertRefused(String method, String version, String fields) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> framing(method, version, fields))
                .withMessageStartingWith("400");
    }
}
