package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;

/**
 * One node with WebSockets: what a client of {@code /ws/publish} sends, every client of {@code /ws/member} receives, on all nodes.
 *
 * <p>Environment: {@code PORT}, and {@code CLUSTER_PORT} and {@code CLUSTER_SEEDS} for more than one node, or {@code LAYER=postgres},
 * {@code DATABASE_URL} and {@code DATABASE_USER}.
 */
public final class NodeServer {
    // Otherwise the next message is sent while this one is, and the load generator alone bounds how many are.
    private static final boolean AWAITED = !"false".equals(System.getProperty("awaited"));

    private NodeServer() {}

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     */
    public static void main(String[] args) {
        // The load generator does not answer pings.
        Channels.load(ConfigFactory.parseString("""
                                channels { development = off, layer { type = %s, capacity = 10000, postgres.create = on } }
                                channels.websocket { ping-interval = 1h, pong-timeout = 1h }
                                """.formatted(layer()))
                        .withFallback(Environment.read().config(1)))
                .websocket("ws/publish", Publisher::new)
                .websocket("ws/member", Member::new)
                .start();
    }

    private static String layer() {
        String nodes = System.getenv("CLUSTER_PORT") == null ? "in-memory" : "cluster";
        return System.getenv().getOrDefault("LAYER", nodes);
    }

    private static final class Publisher extends WebSocketConsumer {
        private final Group room = group("room");

        Publisher(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            CompletionStage<?> sent = room.send("text", text);
            return AWAITED ? sent : done();
        }
    }

    private static final class Member extends WebSocketConsumer {
        private final Group room = group("room");

        Member(ConsumerContext context) {
            super(context);
            relay("text");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(joined -> accept());
        }
    }
}
