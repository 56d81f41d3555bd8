package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.testkit.ChannelLayerContract;

/** The contract over nodes of a cluster, which are actor systems of this process. */
final class ClusterLayerTest extends ChannelLayerContract {
    private static final ClusterSettings SETTINGS =
            new ClusterSettings(ChannelLayer.DEFAULT_MAX_EVENT, 8 << 20, Duration.ofSeconds(30), "");

    // Tasks wait for it in real time.
    private static final Duration TICK = Duration.ofMillis(100);

    private final AtomicLong clock = new AtomicLong();
    private final Map<ClusterLayer, LocalChannels> open = new ConcurrentHashMap<>();
    private Nodes nodes;

    @BeforeAll
    void joinTheNodes() throws InterruptedException {
        nodes = new Nodes(3, "channels.layer.presence.tick = " + TICK.toMillis() + "ms", clock::get);
    }

    @AfterAll
    void leaveTheNodes() {
        nodes.close();
    }

    @Override
    protected List<ClusterLayer> newNodes(int count, int capacity, Duration expiry) throws Exception {
        List<ClusterLayer> layers = nodes.systems().stream()
                .limit(count)
                .map(system -> newNode(system, new LocalChannels(system, capacity, expiry)))
                .toList();
        nodes.introduce(layers);
        return layers;
    }

    private ClusterLayer newNode(ActorSystem<?> system, LocalChannels local) {
        ClusterLayer layer = new ClusterLayer(system, SETTINGS, local);
        open.put(layer, local);
        return layer;
    }

    @Override
    protected void close(ChannelLayer node) throws Exception {
        open.remove((ClusterLayer) node);
        ((ClusterLayer) node).leave().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Override
    protected Duration presenceTick() {
        return TICK;
    }

    @Override
    protected void pass(Duration time) throws Exception {
        if (open.values().stream().anyMatch(ClusterLayerTest::isPresent)) {
            exchangePresence();
        }
        clock.addAndGet(time.toNanos());
    }

    private static boolean isPresent(LocalChannels local) {
        Presence.Stats stats = local.presence().stats();
        return stats.entries() + stats.watches() > 0;
    }

    /** The time of this test must not pass before the nodes know what has changed. An event arrives after what was sent before it. */
    private void exchangePresence() throws Exception {
        for (LocalChannels local : open.values()) {
            ProxiedNodes.await(
                    "changes are sent", () -> !local.presenceExchange().isPending());
        }
        for (int i = 0; i < 2; i++) { // because an event comes before what is in the same batch
            sendToEachOther();
        }
    }

    private void sendToEachOther() throws InterruptedException {
        CountDownLatch received = new CountDownLatch(open.size() * (open.size() - 1));
        List<Channel> channels = new ArrayList<>();
        for (ClusterLayer to : open.keySet()) {
            Channel channel = to.newChannel(event -> received.countDown());
            channels.add(channel);
            open.keySet().stream()
                    .filter(from -> from != to)
                    .forEach(from -> from.send(channel.name(), Event.of("after")));
        }
        assertThat(received.await(60, TimeUnit.SECONDS)).isTrue();
        channels.forEach(Channel::close);
    }
}
