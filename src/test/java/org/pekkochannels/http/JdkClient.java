package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Java's own WebSocket client, with what it hears in a queue: texts, bytes, pongs and the close. */
public final class JdkClient implements WebSocket.Listener {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 20;

    private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;

    /** The peer's close frame, or 1006 where there was none. */
    public record Closed(int code, String reason) {}

    /** A pong's payload. */
    public record Pong(String payload) {}

    public static JdkClient connect(URI uri, String... subprotocols) {
        return connect(HTTP.newWebSocketBuilder(), uri, subprotocols);
    }

    public static JdkClient connect(WebSocket.Builder builder, URI uri, String... subprotocols) {
        JdkClient client = new JdkClient();
        if (subprotocols.length > 0) {
            builder.subprotocols(
                    subprotocols[0], Stream.of(subprotocols).skip(1).toArray(String[]::new));
        }
        client.socket = builder.buildAsync(uri, client)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        return client;
    }

    public static HttpClient http() {
        return HTTP;
    }

    public WebSocket socket() {
        return Objects.requireNonNull(socket);
    }

    public JdkClient send(String message) {
        socket().sendText(message, true).join();
        return this;
    }

    public Object next() {
        try {
            Object next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("nothing was heard").isNotNull();
            return Objects.requireNonNull(next);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public List<Object> next(int count) {
        return Stream.generate(this::next).limit(count).toList();
    }

    /** Closes, and waits for the server's answer. */
    public Object close(int code, String reason) {
        socket().sendClose(code, reason).join();
        return next();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            heard.add(text.toString());
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        heard.add(bytes);
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
        heard.add(new Pong(StandardCharsets.UTF_8.decode(message).toString()));
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        heard.add(new Closed(statusCode, reason));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        heard.add(new Closed(1006, String.valueOf(error)));
    }
}
