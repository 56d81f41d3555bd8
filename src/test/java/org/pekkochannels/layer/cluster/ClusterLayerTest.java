package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.testkit.ChannelLayerContract;

/** The contract over nodes of a cluster, which are actor systems of this process. */
final class ClusterLayerTest extends ChannelLayerContract {
    private static final ClusterSettings SETTINGS =
            new ClusterSettings(ChannelLayer.DEFAULT_MAX_EVENT, 8 << 20, Duration.ofSeconds(30));

    private final AtomicLong clock = new AtomicLong();
    private Nodes nodes;

    @BeforeAll
    void joinTheNodes() throws InterruptedException {
        nodes = new Nodes(3);
    }

    @AfterAll
    void leaveTheNodes() {
        nodes.close();
    }

    @Override
    protected List<ClusterLayer> newNodes(int count, int capacity, Duration expiry) throws Exception {
        List<ClusterLayer> layers = nodes.systems().stream()
                .limit(count)
                .map(system -> new ClusterLayer(system, SETTINGS, new LocalChannels(capacity, expiry, clock::get)))
                .toList();
        Set<ActorRef<HubMessage>> hubs = layers.stream().map(ClusterLayer::hub).collect(Collectors.toSet());
        for (ClusterLayer layer : layers) {
            layer.hub().tell(new HubMessage.Found(hubs));
        }
        for (ClusterLayer layer : layers) {
            awaitPeers(layer, count - 1);
        }
        return layers;
    }

    private static void awaitPeers(ClusterLayer layer, int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (layer.peers().all().stream().filter(OtherNode::isComplete).count() < count && System.nanoTime() < end) {
            Thread.sleep(1);
        }
    }

    @Override
    protected void close(ChannelLayer node) throws Exception {
        ((ClusterLayer) node).leave().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Override
    protected void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
