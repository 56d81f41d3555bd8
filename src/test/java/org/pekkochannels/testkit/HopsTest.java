package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** An answer that consumers on several event loops hand on many times before it is sent. */
@ChannelsTest(
        over = {TestEdge.MEMORY, TestEdge.HTTP, TestEdge.NETTY},
        config = "channels.netty.loops = 3")
final class HopsTest {
    private static final int HOPS = 100;
    private static final long HOP_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private final TestApplication app;

    HopsTest(TestApplication app) {
        this.app = app;
    }

    static ChannelsServer start(Config config) {
        return Channels.load(config).websocket("ws/ring/", Ring::new).start();
    }

    record Token(int left, List<String> ring) {}

    /** Passes a token on to the next channel of the ring; the last one sends a text to its client. */
    private static final class Ring extends WebSocketConsumer {
        Ring(ConsumerContext context) {
            super(context);
            on("ring.token", Token.class, this::pass);
        }

        private CompletionStage<?> pass(Token token) {
            work();
            return token.left() == 0
                    ? send("arrived")
                    : channelLayer()
                            .send(
                                    token.ring().get(token.left() % token.ring().size()),
                                    "ring.token",
                                    new Token(token.left() - 1, token.ring()));
        }

        /** Without blocking. */
        private static void work() {
            long end = System.nanoTime() + HOP_NANOS;
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (text.equals("name")) {
                return send(channelName());
            }
            List<String> ring = List.of(text.split(" "));
            return channelLayer().send(ring.get(0), "ring.token", new Token(HOPS, ring));
        }
    }

    private List<WebSocketCommunicator> ring() {
        List<WebSocketCommunicator> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(app.connect("/ws/ring/"));
        }
        return clients;
    }

    private static String names(List<WebSocketCommunicator> clients) {
        return String.join(
                " ",
                clients.stream()
                        .map(client -> client.send("name").receiveText())
                        .toList());
    }

    @RepeatedTest(5)
    void isNotMissed() {
        List<WebSocketCommunicator> clients = ring();

        clients.get(0).send(names(clients));

        // The last hop has 0 left, and the hop before it has chosen the channel with 1.
        assertThat(clients.get(1).receiveText()).isEqualTo("arrived");
        clients.get(0).receivesNothing();
        clients.get(2).receivesNothing();
    }

    @Test
    void isSeenByReceivesNothing() {
        List<WebSocketCommunicator> clients = ring();

        clients.get(0).send(names(clients));

        clients.get(2).receivesNothing();
        assertThatThrownBy(() -> clients.get(1).receivesNothing()).hasMessageContaining("received text arrived");
    }
}
