package org.pekkochannels.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScopeTest {
    @Test
    void printsAPathInOneLineWhateverItHolds() {
        Scope scope = Scope.of("/ws/chat\r\n12:00 ERROR forged\u001b[2J");

        assertThat(scope.printablePath()).isEqualTo("/ws/chat??12:00?ERROR?forged?[2J");
        assertThat(scope.path()).contains("\r\n");
    }

    @Test
    void printsTheFirst500CharactersOfALongerPath() {
        String path = "/" + "x".repeat(499);

        assertThat(Scope.of(path).printablePath()).isEqualTo(path);
        assertThat(Scope.of(path + "y").printablePath()).isEqualTo(path + "..");
    }

    @Test
    void printsNeitherControlCharactersNorLineSeparatorsBeyondAscii() {
        Scope scope = Scope.of("/ws/\u00e9\u0085\u2028\u2029\u009b2J");

        assertThat(scope.printablePath()).isEqualTo("/ws/\u00e9????2J");
    }

    @Test
    void printsNoBlankThatWouldForgeTheFieldsAfterThePath() {
        assertThat(Scope.of("/ws/x 1011 3ms/\u202e\u00a0").printablePath()).isEqualTo("/ws/x?1011?3ms/??");
    }

    @Test
    void printsNoSecrets() {
        Attribute<String> token = new Attribute<>("token", String.class);
        Scope scope = Scope.of("/ws/?ticket=planted")
                .withHeaders(List.of(
                        new Header("Host", "example.com"),
                        new Header("COOKIE", "session=planted"),
                        new Header("Authorization", "Bearer planted"),
                        new Header("Proxy-Authorization", "Basic planted"),
                        new Header("sec-websocket-protocol", "channels.bearer.planted"),
                        new Header("Set-Cookie", "session=planted")))
                .withSubprotocols(List.of("channels.bearer.planted"))
                .withAttribute(token, "planted");

        assertThat(scope.toString())
                .doesNotContain("planted")
                .contains("/ws/", "Host: example.com", "COOKIE: (not shown)", "[token]");
    }

    @Test
    void findsNoParameterWithoutAName() {
        assertThat(Scope.of("/ws/").queryParameter("")).isEmpty();
        assertThat(Scope.of("/ws/?a=1&&b=2").queryParameter("")).isEmpty();
    }

    @Test
    void namesAMissingPathParameterWithoutWhatTheClientWrote() {
        Scope scope = Scope.of("/ws/a\nERROR forged/").withRoute(Map.of("room", "a\nERROR forged"), "");

        assertThatThrownBy(() -> scope.pathParameter("rom"))
                .hasMessage("no path parameter 'rom' in /ws/a?ERROR?forged/; the route has [room]");
    }

    private static Scope with(Header... headers) {
        return Scope.of("/ws/").withHeaders(List.of(headers));
    }

    @Test
    void joinsTheLinesOfCookieAsOneCookieHeader() {
        Scope scope = with(new Header("cookie", "a=1; b=2"), new Header("X", "y"), new Header("Cookie", "c=3"));

        assertThat(scope.header("Cookie")).contains("a=1; b=2; c=3");
        assertThat(scope.headers()).hasSize(3);
    }

    @Test
    void joinsTheLinesOfAnyOtherHeaderAsAList() {
        Scope scope = with(new Header("X-Forwarded-For", "1.1.1.1"), new Header("x-forwarded-for", "2.2.2.2, 3.3.3.3"));

        assertThat(scope.header("X-Forwarded-For")).contains("1.1.1.1, 2.2.2.2, 3.3.3.3");
        assertThat(scope.header("X-Forwarded")).isEmpty();
    }

    @Test
    void tellsTheHostOfATrustedProxyBeforeThatOfTheHeader() {
        Scope scope = with(new Header("Host", "internal:8000"));

        assertThat(scope.host()).contains("internal:8000");
        assertThat(scope.withAttribute(Scope.FORWARDED_HOST, "chat.example").host())
                .contains("chat.example");
        assertThat(Scope.of("/ws/").host()).isEmpty();
    }

    @Test
    void namesTheClassOfAPathParameterThatIsAskedForAsAnother() {
        Scope scope = Scope.of("/room/7/").withRoute(Map.of("n", 7), "");

        assertThat(scope.pathParameter("n", Integer.class)).isEqualTo(7);
        assertThatThrownBy(() -> scope.pathParameter("n", int.class))
                .hasMessage(
                        "path parameter 'n' in /room/7/ has the class Integer, not int; ask for Integer.class, or change the"
                                + " converter in the route's pattern");
    }

    @Test
    void refusesAnAttributeOfAPrimitiveClass() {
        assertThatThrownBy(() -> new Attribute<>("n", int.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'n' must not be primitive, was int; use its wrapper, such as Integer.class");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "session=abc | abc",
                "a=1; session=abc; b=2 | abc",
                "a=1;session=abc;b=2 | abc",
                "a=1 ; session = abc ;b=2 | abc",
                "session=\"abc\" | abc",
                "session=a=b==; x=y | a=b==",
                "session=\" | \"",
                "session=\"a;b=c\"; d=e | \"a",
                "session=%41+b | %41+b",
                "Session=abc; xsession=abc; session.x=abc | ``",
                "session; abc | ``",
                "a=1; \u2003session=abc; \u00a0session=abc; session\u3000=abc; \u0085session=abc | ``",
                "a=1;\tsession\t=\tabc\t;b=2 | abc",
                "session=; x=1 | ``"
            })
    void readsACookieAsAServerShould(String header, String value) {
        List<String> values = with(new Header("cookie", header)).cookies("session");

        assertThat(String.join(",", values)).isEqualTo(value);
    }

    @Test
    void givesNoneOfTwoCookiesOfOneNameAndListsBoth() {
        Scope oneLine = with(new Header("Cookie", "session=mine; session=planted"));
        Scope twoLines = with(new Header("Cookie", "session=mine"), new Header("Cookie", "session=mine"));

        assertThat(oneLine.cookie("session")).isEmpty();
        assertThat(oneLine.cookies("session")).containsExactly("mine", "planted");
        assertThat(twoLines.cookie("session")).isEmpty();
        assertThat(with(new Header("Cookie", "session=")).cookie("session")).contains("");
        assertThat(Scope.of("/").cookie("session")).isEmpty();
    }
}
