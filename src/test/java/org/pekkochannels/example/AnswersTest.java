package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.example.chat.ChatServer;
import org.pekkochannels.testkit.ChannelsTest;
import org.pekkochannels.testkit.Response;
import org.pekkochannels.testkit.TestApplication;
import org.pekkochannels.testkit.WebSocketCommunicator;

/** The answers as a program sees them. */
@ChannelsTest(value = ChatServer.class, config = "include file(\"application.conf\")")
final class AnswersTest {
    private final TestApplication app;

    AnswersTest(TestApplication app) {
        this.app = app;
    }

    @Test
    void anAnswerIsWrittenWithoutReadersAndOneThatComesBackReceivesTheRest() {
        String path = ask("{\"question\":\" Why? \"}").header("Location").orElseThrow();
        String socket = path.replace("/answers/", "/ws/answer/");
        WebSocketCommunicator left = app.connect(socket);
        JsonNode begin = left.receiveJson(JsonNode.class).get("answer");
        int known = begin.get("pieces").intValue();
        app.passes(Duration.ofMillis(500));
        JsonNode first = piece(left, known + 1);
        JsonNode second = piece(left, known + 2);
        left.cutOff();

        app.passes(Duration.ofMinutes(2));

        assertThat(app.browser().get("/answers/latest").body())
                .containsPattern("\"question\":\"Why\\?\",\"text\":\"\",\"pieces\":\\d+,\"done\":true");
        WebSocketCommunicator again =
                app.connect(socket + "?since=" + second.get("position").textValue());
        assertThat(again.receiveJson(JsonNode.class).has("resumed")).isTrue();
        String text = text(begin) + text(first) + text(second) + rest(again, known + 3);
        assertThat(text)
                .startsWith("“Why?” is a good question")
                .contains("\n\n5. ")
                .endsWith("the same answer twice.");
        JsonNode late = app.connect(socket).receiveJson(JsonNode.class);
        assertThat(text(late.get("answer"))).as("read at once").isEqualTo(text);
        assertThat(app.browser().get(path).body()).contains("data-id=\"").doesNotContain("{{");
    }

    private static String text(JsonNode part) {
        return part.get("text").textValue();
    }

    /** The piece of a number. The state, which is read while the answer is written, may contain pieces that arrive after it. */
    private static JsonNode piece(WebSocketCommunicator reader, int number) {
        JsonNode piece = reader.receiveJson(JsonNode.class);
        while (piece.get("number").intValue() < number) {
            piece = reader.receiveJson(JsonNode.class);
        }
        assertThat(piece.get("number").intValue()).isEqualTo(number);
        return piece;
    }

    /** The text from a piece on to the end. */
    private static String rest(WebSocketCommunicator reader, int first) {
        StringBuilder text = new StringBuilder();
        int number = first;
        JsonNode piece = piece(reader, number);
        while (!piece.get("done").booleanValue()) {
            text.append(text(piece));
            number++;
            piece = piece(reader, number);
        }
        reader.receivesNothing();
        return text.append(text(piece)).toString();
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
    void rejectsWhatIsNotAQuestion(String json, String words) {
        Response response = ask(json);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains(words);
    }

    @Test
    void rejectsAQuestionThatIsTooLong() {
        assertThat(ask("{\"question\":\"" + "x".repeat(301) + "\"}").body())
                .isEqualTo("{\"error\":\"a question has at most 300 characters, was 301\"}");
    }

    @Test
    void refusesReadersOfUnknownAnswers() {
        UUID unknown = UUID.randomUUID();

        assertThat(app.request("/ws/answer/" + unknown + "/").refused().status())
                .isEqualTo(404);
        assertThat(app.browser().get("/answers/" + unknown + "/").status()).isEqualTo(404);
    }

    private Response ask(String json) {
        return app.browser()
                .page("POST", "/answers")
                .body("application/json", json)
                .send();
    }
}
