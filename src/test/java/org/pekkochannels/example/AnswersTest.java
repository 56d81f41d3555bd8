package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answers as a program sees them. */
final class AnswersTest {
    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory, "example.answer-pace", "2ms");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anAnswerIsWrittenWithoutReadersAndOneThatComesBackReceivesTheRest() throws Exception {
        String path = ask("{\"question\":\" Why? \"}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
        String socket = path.replace("/answers/", "/ws/answer/");

        AnswerVisit left = AnswerVisit.start(server.socket(socket));
        left.awaitPieces(3);
        left.close();
        awaitTheEndOf("Why?");

        try (AnswerVisit again = left.comeBack(server.socket(socket));
                AnswerVisit late = AnswerVisit.start(server.socket(socket))) {
            assertThat(again.resumed()).isTrue();
            assertThat(again.awaitEnd())
                    .startsWith("“Why?” is a good question")
                    .contains("\n\n5. ")
                    .endsWith("the same answer twice.");
            assertThat(late.text()).as("read at once").isEqualTo(again.text());
        }
        assertThat(AnswerVisit.get(server.page(path)).body())
                .contains("data-id=\"")
                .doesNotContain("{{");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                        | a question needs some text",
                "null                      | a question needs some text",
                "{\"question\":\" \\u0020\"} | a question needs some text",
                "{                         | Send JSON such as",
                "[]                        | Send JSON such as",
                "{\"question\":[1]}         | Send JSON such as"
            })
    void rejectsWhatIsNotAQuestion(String json, String words) throws Exception {
        HttpResponse<String> response = ask(json);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(words);
    }

    @Test
    void rejectsAQuestionThatIsTooLong() throws Exception {
        assertThat(ask("{\"question\":\"" + "x".repeat(301) + "\"}").body())
                .isEqualTo("{\"error\":\"a question has at most 300 characters, was 301\"}");
    }

    @Test
    void refusesReadersOfUnknownAnswers() throws Exception {
        UUID unknown = UUID.randomUUID();

        assertThatThrownBy(() -> Client.open(server.socket("/ws/answer/" + unknown + "/")))
                .hasStackTraceContaining("404");
        assertThat(AnswerVisit.get(server.page("/answers/" + unknown + "/")).statusCode())
                .isEqualTo(404);
    }

    /** Of the newest answers. */
    private static void awaitTheEndOf(String question) throws Exception {
        String end = "\"question\":\"" + question + "\",\"text\":\"\",\"pieces\":\\d+,\"done\":true";
        Pattern ended = Pattern.compile(end.replace("?", "\\?"));
        while (!ended.matcher(AnswerVisit.get(server.page("/answers/latest")).body())
                .find()) {
            Thread.sleep(50);
        }
    }

    private static HttpResponse<String> ask(String json) throws Exception {
        return AnswerVisit.ask(server.page("/answers"), json);
    }
}
