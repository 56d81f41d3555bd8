package org.pekkochannels.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import org.pekkochannels.http.JdkClient;

/** A client of the examples: sends texts, waits for texts. */
final class Client implements AutoCloseable {
    static final HttpClient HTTP = JdkClient.http();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JdkClient client;

    private Client(JdkClient client) {
        this.client = client;
    }

    static Client open(URI uri) {
        return new Client(JdkClient.connect(uri));
    }

    static Client open(WebSocket.Builder builder, URI uri) {
        return new Client(JdkClient.connect(builder, uri));
    }

    void send(String text) {
        client.send(text);
    }

    String text() {
        Object next = client.next();
        if (next instanceof String text) {
            return text;
        }
        throw new AssertionError("expected a text, got " + next);
    }

    JsonNode json() throws JsonProcessingException {
        return JSON.readTree(text());
    }

    /** The code and the words with which the server closed, after any texts. */
    String closed() {
        Object next = client.next();
        while (!(next instanceof JdkClient.Closed)) {
            next = client.next();
        }
        JdkClient.Closed closed = (JdkClient.Closed) next;
        return closed.code() + " " + closed.reason();
    }

    @Override
    public void close() {
        client.socket().abort();
    }
}
