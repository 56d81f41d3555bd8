package org.pekkochannels.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.edge.Binding;
import org.pekkochannels.edge.Edge;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** What comes from the database wakes one loop, its consumer's, and once. */
class WakeUpTest {
    private static final int CALLS = 100;

    private static volatile @Nullable WatchedSelectors selectors;

    /** The edge over selectors that are watched. */
    public static final class WatchedEdge implements Edge {
        /** As an edge must have it. */
        public WatchedEdge() {}

        @Override
        public CompletionStage<Binding> bind(ServedApplication service) {
            WatchedSelectors watched = new WatchedSelectors();
            selectors = watched;
            return NettyEdge.bind(
                    service, NettySettings.of(service.system().settings().config()), watched);
        }
    }

    private final Semaphore results = new Semaphore(0);

    /** Says that it has asked, and what it has heard. */
    private final class Asker extends WebSocketConsumer {
        Asker(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            send("asked");
            return database()
                    .withHandle(handle -> {
                        results.acquire();
                        return handle.createQuery("select cast(? as varchar)")
                                .bind(0, text)
                                .mapTo(String.class)
                                .one();
                    })
                    .thenCompose(this::send);
        }
    }

    /** What the client hears next has left at the end of a pass, so the loop has nothing more to do. */
    private void ask(JdkClient client, String question) {
        assertThat(client.send(question).next()).isEqualTo("asked");
        results.release();
        assertThat(client.next()).isEqualTo(question);
    }

    @Test
    void wakesTheConsumersLoopOnceForEachResult() {
        // The clock wakes loops too, when a time may be over.
        String config = "channels { edge = \"" + WatchedEdge.class.getName()
                + "\", netty.loops = 2, websocket { ping-interval = off, write-timeout = 1h } }";
        try (RunningApplication application =
                RunningApplication.start(config, channels -> channels.websocket("ws/", Asker::new))) {
            JdkClient client = JdkClient.connect(application.ws("/ws/"));
            ask(client, "the first, which opens the database");
            List<Integer> before = requireNonNull(selectors).wakeUps();

            for (int i = 0; i < CALLS; i++) {
                ask(client, "question " + i);
            }

            List<Integer> after = requireNonNull(selectors).wakeUps();
            assertThat(IntStream.range(0, 2).map(i -> after.get(i) - before.get(i)))
                    .as("wake-ups of each loop")
                    .containsExactlyInAnyOrder(0, CALLS);
            client.close(1000, "");
            application.awaitNoConnections();
        }
    }
}
