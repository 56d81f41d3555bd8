package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalHeadTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "GET / HTTP/1.1|Host: x||; GET / HTTP/1.1|Host: x||",
                "GET / HTTP/1.1|a:b|hOST:x:|c: d||; GET / HTTP/1.1|Host: x|a: b|c: d||",
                "GET / HTTP/1.1|Host: x|Content-Type: a/b||; GET / HTTP/1.1|Host: x|Content-Type: a/b||",
                "GET / HTTP/1.1|Host:||; GET / HTTP/1.1|Host: own:1||",
                "GET / HTTP/1.0||; GET / HTTP/1.0|Host: own:1|Connection: close||",
                "GET / HTTP/1.0|Connection: a, Keep-Alive||; GET / HTTP/1.0|Host: own:1|Connection: keep-alive||",
                "GET / HTTP/1.1|Host: x|Connection: a|Connection: b,CLOSE||; GET / HTTP/1.1|Host: x|Connection: close||",
                "GET http://y:1/a?b HTTP/1.1|Host: x||; GET /a?b HTTP/1.1|Host: y:1||",
                "GET http://y:1 HTTP/1.1|Host: x|a: b|c: \u20ac d|e: f||; GET / HTTP/1.1|Host: y:1|a: b|c: \u20ac d|e: f||",
                "GET /a/../b?{ HTTP/1.1|Host: x||; GET /b?%7B HTTP/1.1|Host: x||",
                "PUT / HTTP/1.1|Host: x|Content-Length: 007||; PUT / HTTP/1.1|Host: x|Content-Length: 7||",
                "PUT / HTTP/1.1|Host: x|Content-Length: 0||; PUT / HTTP/1.1|Host: x||",
                "PUT / HTTP/1.1|Transfer-Encoding: CHUNKED|Host: x||; PUT / HTTP/1.1|Host: x|Transfer-Encoding: chunked||",
                "PUT / HTTP/1.1|Host: x|expect: 100-Continue|Content-Length: 1||;"
                        + " PUT / HTTP/1.1|Host: x|Expect: 100-continue|Content-Length: 1||",
                "PUT / HTTP/1.1|Host: x|Expect: 100-continue||; PUT / HTTP/1.1|Host: x||",
                "PUT / HTTP/1.0|Expect: nonsense||; PUT / HTTP/1.0|Host: own:1|Connection: close||",
                "GET / HTTP/1.1|Host: x|Upgrade: h2c|HTTP2-Settings: A|Connection: Upgrade, HTTP2-Settings||;"
                        + " GET / HTTP/1.1|Host: x||",
                "GET / HTTP/1.1|Host: x|accept-charset: utf-8, a||; GET / HTTP/1.1|Host: x||",
            })
    void hasOneFormForEachMeaning(String sent, String canonical) throws Exception {
        assertThat(Requests.canonical(sent)).isEqualTo(canonical);
        assertThat(Requests.canonical(canonical)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; GET / HTTP/1.1||",
                "400; GET / HTTP/1.1|Host: x|Host: x||",
                "400; GET / HTTP/1.1|Host: a b||",
                "400; GET / HTTP/1.1|Host: x|Content-Type: a/b|Content-Type: a/b||",
                "417; GET / HTTP/1.1|Host: x|Expect: 200-ok||",
                "417; GET / HTTP/1.1|Host: x|Expect: 100-continue|Expect: x||",
            })
    void isNotWrittenOfARequestThatIsRefused(String status, String sent) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> Requests.canonical(sent))
                .withMessageStartingWith(status);
    }
}
