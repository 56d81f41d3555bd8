package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** A node that ends, with and without goodbye, and starts again at the same address. With {@code -Pproofs} it does so more often. */
@Execution(ExecutionMode.CONCURRENT)
final class RestartedNodeTest {
    private static final int RESTARTS = Boolean.getBoolean("channels.proofs") ? 40 : 3;
    private static final String ROOM = "room";
    // The end of a system is then that of a process that is killed.
    private static final String CONFIG = """
            channels.layer.cluster.stable-after = 1s
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.cluster.retry-unsuccessful-join-after = 1s
            """;

    /** What one node receives. */
    private static final class Listener {
        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final ChannelLayer layer;

        Listener(ChannelLayer layer) {
            this.layer = layer;
            layer.groupAdd(ROOM, layer.newChannel(this::receive))
                    .toCompletableFuture()
                    .join();
        }

        private void receive(Event event) {
            texts.add(event.gap().isPresent() ? "gap" : event.payload(String.class));
        }

        void say(String text) {
            layer.groupSend(ROOM, "said", text).toCompletableFuture().join();
        }

        void awaitText(String text) throws Exception {
            ProxiedNodes.await(text + " arrives", () -> texts.contains(text));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void exchangesEventsWithAllOthersFromTheEndOfItsStart(int count) throws Exception {
        Random random = new Random(count);
        try (ProxiedNodes nodes = new ProxiedNodes(count, CONFIG);
                Flow load = new Flow(nodes.get(0).layer(), "load", 1000)) {
            List<Listener> listeners = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                listeners.add(new Listener(nodes.get(i).layer()));
            }
            for (int i = 0; i < RESTARTS; i++) {
                int ended = 1 + random.nextInt(count - 1); // the first one sends the load
                if (random.nextBoolean()) {
                    leave(nodes.get(ended));
                }
                int through = (ended + 1 + random.nextInt(count - 1)) % count;
                listeners.set(ended, new Listener(start(nodes.restart(ended, nodes.get(through)))));
                exchange(listeners, "round " + i);
            }
            assertThat(load.sent()).as("events beside").isPositive();
        }
    }

    private static void exchange(List<Listener> listeners, String round) throws Exception {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).say(round + " from " + i);
        }
        for (Listener listener : listeners) {
            for (int i = 0; i < listeners.size(); i++) {
                listener.awaitText(round + " from " + i);
            }
        }
    }

    private static void leave(ProxiedNodes.Node node) throws Exception {
        Done left = CoordinatedShutdown.get(node.system())
                .runAll(CoordinatedShutdown.actorSystemTerminateReason())
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);
        assertThat(left).isNotNull();
    }

    private static ClusterLayer start(ProxiedNodes.Node node) throws Exception {
        ClusterLayer layer = node.layer();
        layer.started().toCompletableFuture().get(1, TimeUnit.MINUTES);
        return layer;
    }
}
