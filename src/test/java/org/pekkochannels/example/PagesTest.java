package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.Response;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.TestEdge;

/** The pages as they leave the server. */
@ChannelsTest(
        value = ChatServer.class,
        over = {TestEdge.HTTP, TestEdge.NETTY},
        config = "include file(\"application.conf\")")
final class PagesTest {
    private final TestApplication app;

    PagesTest(TestApplication app) {
        this.app = app;
    }

    @ParameterizedTest
    @CsvSource({
        "/, 302, /chat/",
        "/chat, 301, /chat/",
        "/chat/lobby, 301, /chat/lobby/",
        "/messages, 301, /messages/",
        "/auctions, 301, /auctions/"
    })
    void redirectsToTheAddressWithTheSlash(String path, int status, String target) {
        Response response = get(path);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Location").orElseThrow()).endsWith(target);
    }

    @Test
    void theIndexHasWhatTheTutorialsIndexHas() {
        assertThat(get("/chat/").body())
                .contains("<title>Chat Rooms</title>", "id=\"room-name-input\"", "id=\"room-name-submit\"")
                .contains("value=\"Enter\"");
    }

    @Test
    void aRoomHasWhatTheTutorialsRoomHas() {
        assertThat(get("/chat/lobby/").body())
                .contains("<title>Chat Room</title>", "<textarea id=\"chat-log\"", "id=\"chat-message-input\"")
                .contains("id=\"chat-message-submit\"", "value=\"Send\"")
                .contains("<script id=\"room-name\" type=\"application/json\">\"lobby\"</script>")
                .doesNotContain("{{");
    }

    @Test
    void theNameOfARoomCannotEndItsScript() {
        assertThat(get("/chat/%3C!--%3Cscript%3E&%22/").body())
                .contains("\"\\u003C!--\\u003Cscript\\u003E\\u0026\\\"\"</script>");
    }

    @Test
    void theBoardHasWhatTheSampleProjectsBoardHas() {
        assertThat(get("/messages/").body())
                .contains("id=\"messageCount\"", "id=\"cardsContainer\"", "id=\"msgTitle\"", "id=\"msgTextArea\"")
                .contains("id=\"sendBtn\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/chat/", "/chat/lobby/", "/messages/", "/auctions/", "/auctions/latest", "/static/chat-room.js"
            })
    void nothingButOurOwnFilesMayRun(String path) {
        Response response = get(path);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(response.header("X-Content-Type-Options")).contains("nosniff");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nope",
                "/chat/a%2Fb/",
                "/chat/a%00b/",
                "/static/../pages/board.html",
                "/static/%2e%2e/pages/board.html"
            })
    void thereIsNothingElse(String path) {
        assertThat(get(path).status()).isEqualTo(404);
    }

    private Response get(String path) {
        return app.browser().get(path);
    }
}
