package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/../../a, /a",
        "/a/.., /",
        "/a/b/., /a/b/",
        "/a/%2e%2E/b, /b",
        "/a/.%2e/b, /b",
        "//a//b/, //a//b/",
        "/..., /...",
        "/a?/../b, /a?/../b",
        "/, /"
    })
    void leavesNoDotSegments(String sent, String kept) throws Exception {
        assertThat(RequestTarget.parse("GET", sent).text()).isEqualTo(kept);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example/b?c, a.example, /b?c",
        "HTTPS://a.example:8443, a.example:8443, /",
        "ws://[::1]:1?c, [::1]:1, /?c",
        "wss://a.example:/, a.example, /"
    })
    void takesHostAndPathFromAWholeUrl(String sent, String authority, String path) throws Exception {
        RequestTarget target = RequestTarget.parse("GET", sent);

        assertThat(target.authority()).hasValue(authority);
        assertThat(target.text()).isEqualTo(path);
    }

    @Test
    void meansTheServerInOptions() throws Exception {
        assertThat(RequestTarget.parse("OPTIONS", "*").text()).isEqualTo("*");
        assertThat(RequestTarget.parse("OPTIONS", "http://a.example").text()).isEqualTo("*");
        assertThat(RequestTarget.parse("OPTIONS", "http://a.example/").text()).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "a",
                "",
                "/a#b",
                "ftp://a/",
                "http://",
                "http:///a",
                "http://u@a/",
                "http://a b/",
                "/%",
                "/%4",
                "/%zz",
                "/%ff",
                "/%c3",
                "mailto:a@b",
                "://a/"
            })
    void refusesWhatReadersDifferAbout(String sent) {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> RequestTarget.parse("GET", sent))
                .withMessageStartingWith("400");
    }

    @Test
    void refusesConnect() {
        assertThatExceptionOfType(RefusedRequestException.class)
                .isThrownBy(() -> RequestTarget.parse("CONNECT", "a.example:443"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/?f={\"a\":[1]}, /?f=%7B%22a%22:%5B1%5D%7D",
                "/?%, /?%25",
                "/?%4, /?%254",
                "/?%zz%41, /?%25zz%41",
                "/a|b\\c^, /a%7Cb%5Cc%5E",
                "/-._~!$&'()*+;=:@?/?, /-._~!$&'()*+;=:@?/?"
            })
    void encodesWhatIsNotInTheGrammar(String target, String encoded) {
        assertThat(RequestTarget.encoded(target)).isEqualTo(encoded);
        assertThat(RequestTarget.encoded(encoded)).isEqualTo(encoded);
    }

    @Test
    void encodesAllCharactersOutsideTheGrammarAndNoOthers() {
        for (char c = 0x21; c < 0x7f; c++) {
            String plain = "/" + c;
            assertThat(RequestTarget.encoded(plain))
                    .isEqualTo(plain.matches("/[A-Za-z0-9._~!$&'()*+,;=:@/?-]") ? plain : "/%%%02X".formatted((int) c));
        }
    }

    @ParameterizedTest
    @CsvSource({"/caf%C3%A9?q, /café", "/a%2Fb, /a/b", "/a+b, /a+b"})
    void decodesAPath(String target, String path) {
        assertThat(RequestTarget.path(target)).hasValue(path);
    }
}
