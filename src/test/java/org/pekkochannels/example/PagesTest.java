package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages as they leave the server. */
@Tag("edge")
final class PagesTest {
    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/, 302, /chat/",
        "/chat, 301, /chat/",
        "/chat/lobby, 301, /chat/lobby/",
        "/messages, 301, /messages/",
        "/auctions, 301, /auctions/"
    })
    void redirectsToTheAddressWithTheSlash(String path, int status, String target) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Location").orElseThrow()).endsWith(target);
    }

    @Test
    void theIndexHasWhatTheTutorialsIndexHas() throws Exception {
        assertThat(get("/chat/").body())
                .contains("<title>Chat Rooms</title>", "id=\"room-name-input\"", "id=\"room-name-submit\"")
                .contains("value=\"Enter\"");
    }

    @Test
    void aRoomHasWhatTheTutorialsRoomHas() throws Exception {
        assertThat(get("/chat/lobby/").body())
                .contains("<title>Chat Room</title>", "<textarea id=\"chat-log\"", "id=\"chat-message-input\"")
                .contains("id=\"chat-message-submit\"", "value=\"Send\"")
                .contains("<script id=\"room-name\" type=\"application/json\">\"lobby\"</script>")
                .doesNotContain("{{");
    }

    @Test
    void theNameOfARoomCannotEndItsScript() throws Exception {
        assertThat(get("/chat/%3C!--%3Cscript%3E&%22/").body())
                .contains("\"\\u003C!--\\u003Cscript\\u003E\\u0026\\\"\"</script>");
    }

    @Test
    void theBoardHasWhatTheSampleProjectsBoardHas() throws Exception {
        assertThat(get("/messages/").body())
                .contains("id=\"messageCount\"", "id=\"cardsContainer\"", "id=\"msgTitle\"", "id=\"msgTextArea\"")
                .contains("id=\"sendBtn\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/chat/", "/chat/lobby/", "/messages/", "/auctions/", "/auctions/latest", "/static/chat-room.js"
            })
    void nothingButOurOwnFilesMayRun(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
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
    void thereIsNothingElse(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(404);
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return Client.HTTP.send(HttpRequest.newBuilder(server.page(path)).build(), BodyHandlers.ofString());
    }
}
