package org.pekkochannels.layer.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;

/** Actor systems of one process that are one cluster, over TCP. */
final class Nodes implements AutoCloseable {
    private static final String CONFIG = """
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            pekko.cluster.jmx.enabled = off
            pekko.cluster.downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            pekko.cluster.seed-nodes = []
            pekko.loglevel = WARNING
            """;

    private final List<ActorSystem<?>> systems = new ArrayList<>();

    Nodes(int count) throws InterruptedException {
        this(count, "", Ticker.SYSTEM);
    }

    /** Systems whose intervals a test measures. */
    Nodes(int count, String more, Ticker ticker) throws InterruptedException {
        Address first = null;
        for (int i = 0; i < count; i++) {
            ActorSystem<?> system = ActorSystem.create(
                    Behaviors.empty(),
                    "channels",
                    ActorSystemSetup.create(
                            BootstrapSetup.create(config(more)),
                            new TimeSource.Replacement(ticker, Clock.systemUTC())));
            systems.add(system);
            Cluster cluster = cluster(system);
            first = first == null ? cluster.selfAddress() : first;
            cluster.join(first);
        }
        for (ActorSystem<?> system : systems) {
            awaitUp(system, count);
        }
    }

    static Config config(String more) {
        return ConfigFactory.parseString(more)
                .withFallback(ConfigFactory.parseString(CONFIG))
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    static Cluster cluster(ActorSystem<?> system) {
        return Cluster.get(Adapter.toClassic(system));
    }

    private static void awaitUp(ActorSystem<?> system, int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (ups(system) < count && System.nanoTime() < end) {
            Thread.sleep(10);
        }
    }

    private static int ups(ActorSystem<?> system) {
        int ups = 0;
        for (var member : cluster(system).state().getMembers()) {
            ups += member.status().equals(MemberStatus.up()) ? 1 : 0;
        }
        return ups;
    }

    /** Lets layers of the first systems find each other, as remote ones. */
    void introduce(List<ClusterLayer> layers) throws Exception {
        for (int i = 0; i < layers.size(); i++) {
            Set<ActorRef<HubMessage>> hubs = new HashSet<>();
            for (int j = 0; j < layers.size(); j++) {
                hubs.add(i == j ? layers.get(j).hub() : remote(layers.get(j).hub(), systems.get(j), systems.get(i)));
            }
            layers.get(i).hub().tell(new HubMessage.Found(hubs));
        }
        for (ClusterLayer layer : layers) {
            ProxiedNodes.await(
                    "hubs greet each other",
                    () -> layer.peers().all().stream()
                                    .filter(OtherNode::isComplete)
                                    .count()
                            == layers.size() - 1);
        }
    }

    /** An actor of one system as another one knows it; within a process it would be reached without the network. */
    static <T> ActorRef<T> remote(ActorRef<T> ref, ActorSystem<?> of, ActorSystem<?> seenBy) {
        return ActorRefResolver.get(seenBy)
                .resolveActorRef(ActorRefResolver.get(of).toSerializationFormat(ref));
    }

    List<ActorSystem<?>> systems() {
        return systems;
    }

    @Override
    public void close() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(
                system -> system.getWhenTerminated().toCompletableFuture().join());
    }
}
