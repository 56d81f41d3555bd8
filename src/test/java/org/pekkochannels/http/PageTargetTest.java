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

/** A request target is read in one way, by pages and by WebSockets. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class PageTargetTest {
    private static final String UPGRADE =
            "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

    private static final TellingApplication APPLICATION = TellingApplication.start("");

    private final Position position;

    PageTargetTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private static Response response(Position position, String request) throws Exception {
        try (RawExchange exchange = position.askExactly(APPLICATION.port(), request)) {
            return exchange.response();
        }
    }

    private Response response(String lines) throws Exception {
        return response(position, RawExchange.crlf(lines));
    }

    private void assertRejected(String lines) throws Exception {
        try (RawExchange exchange = position.ask(APPLICATION.port(), lines + "||GET /smuggled HTTP/1.1|Host: x||")) {
            assertThat(exchange.lastResponse().status()).isEqualTo(400);
        }
        assertThat(APPLICATION.smuggled()).isZero();
    }

    /** What the consumer at the path of the upgrade sends first. */
    private String toldByConsumer(String target, String host) throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "GET " + target + " HTTP/1.1|Host: " + host + "|" + UPGRADE + "||")) {
            assertThat(exchange.response().status()).isEqualTo(101);
            return exchange.text();
        }
    }

    @Test
    void anAbsoluteFormReplacesTheHost() throws Exception {
        Response page = response("GET http://example.com:81/tell?a=b HTTP/1.1|Host: evil.example||");

        assertThat(page.body())
                .startsWith("GET http://example.com:81/tell?a=b ")
                .doesNotContain("evil.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.com", "HTTP://example.com", "http://example.com:81", "http://[::1]"})
    void anAbsoluteFormNamesThePathOfAPage(String origin) throws Exception {
        assertThat(response("GET " + origin + "/page HTTP/1.1|Host: x||").body())
                .isEqualTo("a page");
    }

    @Test
    void anAbsoluteFormReplacesTheHostOfAnUpgrade() throws Exception {
        String told = toldByConsumer("http://example.com:81/ws/tell/?a=b", "evil.example");

        assertThat(TellingApplication.values(told, "path")).containsExactly("/ws/tell/");
        assertThat(TellingApplication.values(told, "query")).containsExactly("a=b");
        assertThat(TellingApplication.values(told, "Host")).containsExactly("example.com:81");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT x:80 HTTP/1.1|Host: x:80",
                "CONNECT /page HTTP/1.1|Host: x",
                "GET * HTTP/1.1|Host: x",
                "HEAD * HTTP/1.1|Host: x",
                "GET *x HTTP/1.1|Host: x",
                "OPTIONS *x HTTP/1.1|Host: x",
                "GET page HTTP/1.1|Host: x",
                "GET x:80 HTTP/1.1|Host: x",
                "GET http:///page HTTP/1.1|Host: x",
                "GET http://user@x/page HTTP/1.1|Host: x",
                "GET http://x:y/page HTTP/1.1|Host: x",
                "GET ?a=b HTTP/1.1|Host: x",
                "GET #a HTTP/1.1|Host: x",
                "GET /page#a HTTP/1.1|Host: x",
            })
    void rejectsATargetOfAnotherForm(String lines) throws Exception {
        assertRejected(lines);
    }

    @Test
    void passesTheAsteriskOfOptions() throws Exception {
        try (RawExchange exchange =
                position.ask(APPLICATION.port(), "OPTIONS * HTTP/1.1|Host: x||GET /page HTTP/1.1|Host: x||")) {
            assertThat(exchange.response().status()).isNotEqualTo(400).isLessThan(500);
            assertThat(exchange.response().body()).isEqualTo("a page");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/%ff",
                "/page/%c3%28",
                "/page/%ed%a0%80",
                "/page/%c0%af",
                "/page/%zz",
                "/page/%4",
                "/page/%",
                "/page/%+1",
                "/ws/room/%ff/",
                "/ws/room/%fe/",
                "/ws/room/%zz/",
                "/ws/room/%",
            })
    void rejectsAPathThatIsNotPercentEncodedUtf8(String path) throws Exception {
        assertRejected("GET " + path + " HTTP/1.1|Host: x");
        assertRejected("GET " + path + " HTTP/1.1|Host: x|" + UPGRADE);
    }

    @Test
    void decodesAPathInUtf8() throws Exception {
        String told = toldByConsumer("/ws/room/%c3%a9%20%F0%9F%98%80/", "x");

        assertThat(TellingApplication.values(told, "path")).containsExactly("/ws/room/\u00e9 \uD83D\uDE00/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f={\"a\":[1]}",
                "a|b",
                "a^b",
                "a`b",
                "a\\b",
                "a<b>",
                "100%",
                "a=%zz",
                "a=%ff",
                "a=b?c=/d",
                "a[]=1&a[]=2",
                "",
            })
    void acceptsEachQueryAndReadsItAsInAFirstRequest(String query) throws Exception {
        String request = "GET /tell?" + query + " HTTP/1.1\r\nHost: x\r\n\r\n";

        Response page = response(position, request);

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEqualTo(response(Position.FIRST, request).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"f={\"a\":[1]}", "a^b", "a`b", "100%", "a=%zz", "a=%ff", "a[]=1&a[]=2", ""})
    void handsTheQueryOfAnUpgradeOnAsItWasSent(String query) throws Exception {
        assertThat(TellingApplication.values(toldByConsumer("/ws/tell/?" + query, "x"), "query"))
                .containsExactly(query);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x/../ws/tell/",
                "/x/%2e%2e/ws/tell/",
                "/x/%2E./ws/tell/",
                "/./ws/tell/",
                "/ws/./tell/",
                "/ws/%2e/tell/",
                "/../ws/tell/",
                "/ws/x/y/../../tell/",
                "/ws/tell/.",
                "/ws/tell/x/..",
            })
    void removesDotSegmentsBeforeItLooksForAWebSocket(String path) throws Exception {
        assertThat(TellingApplication.values(toldByConsumer(path, "x"), "path")).containsExactly("/ws/tell/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x/../page", "/x/%2e%2e/page", "/./page", "/../page"})
    void removesDotSegmentsBeforeItLooksForAPage(String path) throws Exception {
        assertThat(response("GET " + path + " HTTP/1.1|Host: x||").body()).isEqualTo("a page");
    }
}
