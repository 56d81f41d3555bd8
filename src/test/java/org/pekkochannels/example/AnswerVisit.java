package org.pekkochannels.example;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A reader of an answer that does as its page does: it appends the pieces, and comes back with the last position. */
final class AnswerVisit implements AutoCloseable {
    private final Client client;
    private final boolean resumed;
    private final StringBuilder text = new StringBuilder();
    private String since;
    private String writer = "";
    private int pieces;
    private boolean done;

    private AnswerVisit(Client client) throws IOException {
        this.client = client;
        JsonNode first = client.json();
        resumed = !first.has("answer");
        since = first.path(resumed ? "resumed" : "position").textValue();
        if (!resumed) {
            JsonNode answer = first.get("answer");
            read(answer.get("pieces").intValue(), answer);
        }
    }

    /** Asks a question; the header Location has the path of its answer. */
    static HttpResponse<String> ask(URI answers, String json) throws IOException, InterruptedException {
        return Client.HTTP.send(
                HttpRequest.newBuilder(answers)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static HttpResponse<String> get(URI page) throws IOException, InterruptedException {
        return Client.HTTP.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
    }

    static AnswerVisit start(URI socket) throws IOException {
        return new AnswerVisit(Client.open(socket));
    }

    /** Comes back with the last position. */
    AnswerVisit comeBack(URI socket) throws IOException {
        close();
        AnswerVisit again = start(URI.create(socket + "?since=" + since));
        if (again.resumed) {
            again.text.insert(0, text);
            again.pieces = pieces;
        }
        return again;
    }

    private void read(int number, JsonNode part) {
        pieces = number;
        text.append(part.get("text").textValue());
        done = part.get("done").booleanValue();
        writer = part.get("writer").textValue();
    }

    private void receive() throws IOException {
        JsonNode piece = client.json();
        int number = piece.get("number").intValue();
        if (number > pieces + 1) {
            throw new AssertionError("after piece " + pieces + " came " + piece);
        }
        since = piece.get("position").textValue();
        if (number > pieces) {
            read(number, piece);
        }
    }

    void awaitPieces(int count) throws IOException {
        while (pieces < count) {
            receive();
        }
    }

    String awaitEnd() throws IOException {
        while (!done) {
            receive();
        }
        return text();
    }

    boolean resumed() {
        return resumed;
    }

    String text() {
        return text.toString();
    }

    /** The process that has written the last piece. */
    String writer() {
        return writer;
    }

    @Override
    public void close() {
        client.close();
    }
}
