package org.pekkochannels.bench;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.JsonWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.database.Database;

/**
 * The benchmark server on Pekko Channels: {@code /ws/echo}, {@code /ws/db}, {@code /ws/slow}, {@code /ws/chat/<room>/},
 * and the pages of {@link Pages}.
 *
 * <p>Environment: {@code PORT}, {@code DATABASE_URL}, {@code DATABASE_USER}, {@code ASGI_THREADS}.
 */
public final class BenchServer {
    private BenchServer() {}

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Environment environment = Environment.read();
        Channels.load(environment.config(environment.threads()))
                .beforeStart(system ->
                        Database.get(system).useHandle(handle -> Messages.create(handle, environment.databaseUrl())))
                .websocket("ws/echo", Echo::new)
                .websocket("ws/db", Writer::new)
                .websocket("ws/slow", Sleeper::new)
                .websocket("ws/chat/{room}/", Chatter::new)
                .http(Pages::route)
                .start();
    }

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }

        @Override
        protected CompletionStage<?> receive(byte[] bytes) {
            return send(bytes);
        }
    }

    private static final class Writer extends JsonWebSocketConsumer<ChatMessage> {
        Writer(ConsumerContext context) {
            super(context, ChatMessage.class);
        }

        @Override
        protected CompletionStage<?> receiveJson(ChatMessage message) {
            return database()
                    .withHandle(handle -> Messages.insertAndRead(handle, message.message()))
                    .thenCompose(this::sendJson);
        }
    }

    private static final class Sleeper extends WebSocketConsumer {
        Sleeper(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database().withHandle(handle -> Messages.slow(handle, text)).thenCompose(this::send);
        }
    }

    private static final class Chatter extends JsonWebSocketConsumer<ChatMessage> {
        private final Group room = group("chat_" + scope().pathParameter("room"));

        Chatter(ConsumerContext context) {
            super(context, ChatMessage.class);
            relay("chat.message");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(joined -> accept());
        }

        @Override
        protected CompletionStage<?> receiveJson(ChatMessage message) {
            return room.send("chat.message", message);
        }
    }
}
