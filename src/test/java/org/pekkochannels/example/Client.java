package org.pekkochannels.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of Java's own: sends texts, waits for texts. */
final class Client implements AutoCloseable {
    static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Incoming incoming = new Incoming();
    private final WebSocket socket;

    private Client(URI uri) {
        socket = HTTP.newWebSocketBuilder().buildAsync(uri, incoming).join();
    }

    static Client open(URI uri) {
        return new Client(uri);
    }

    void send(String text) {
        socket.sendText(text, true).join();
    }

    String text() throws InterruptedException {
        String text = incoming.texts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (text == null) {
            throw new AssertionError("no frame within " + PATIENCE);
        }
        return text;
    }

    JsonNode json() throws InterruptedException, JsonProcessingException {
        return JSON.readTree(text());
    }

    /** The code and the words with which the server closed. */
    String closed() {
        return incoming.closed.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static final class Incoming implements WebSocket.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            closed.completeExceptionally(failure);
        }
    }
}
