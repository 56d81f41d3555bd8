package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.guide.MarkdownPage;

/** The applications of the guide's first page and of its page about REST: their snippets, compiled and started as a reader does. */
final class GettingStartedTest {
    @TempDir
    private static Path classes;

    private static GuideServer chat;
    private static GuideServer api;

    @BeforeAll
    static void start() throws IOException {
        MarkdownPage page = MarkdownPage.read(MarkdownPage.GUIDE.resolve("getting-started.md"));
        chat = GuideServer.start(page, "ChatServer", classes);
        api = GuideServer.start(MarkdownPage.read(MarkdownPage.GUIDE.resolve("rest.md")), "ApiServer", classes);
    }

    @AfterAll
    static void stop() {
        api.close();
        chat.close();
    }

    @Test
    void sendsWhatOneClientSaysToTheOthersOfItsRoom() throws InterruptedException {
        try (Client one = open("harbour");
                Client two = open("harbour");
                Client other = open("attic")) {
            one.send("hello");

            assertThat(one.text()).isEqualTo("hello");
            assertThat(two.text()).isEqualTo("hello");
            other.send("anyone here?");
            assertThat(other.text()).isEqualTo("anyone here?");
        }
    }

    private static Client open(String room) {
        return Client.open(chat.socket("/ws/chat/" + room + "/"));
    }

    @Test
    void storesAndSendsWhatIsPostedToTheApi() throws IOException, InterruptedException {
        HttpRequest.Builder lobby = HttpRequest.newBuilder(api.page("/api/rooms/lobby"));
        try (Client client = Client.open(api.socket("/ws/room/lobby/"))) {
            assertThat(answer(lobby.POST(HttpRequest.BodyPublishers.ofString("hello")))
                            .statusCode())
                    .isEqualTo(201);

            assertThat(client.text()).isEqualTo("\"hello\"");
            assertThat(answer(lobby.GET()).body()).isEqualTo("[\"hello\"]");
        }
    }

    private static HttpResponse<String> answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return Client.HTTP.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
