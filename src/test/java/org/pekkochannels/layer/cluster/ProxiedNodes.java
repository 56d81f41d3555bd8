package org.pekkochannels.layer.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.pekkochannels.layer.ChannelLayer;

/** Nodes of one cluster in this process, whose connections a test disturbs. Ordered by address, the lowest first. */
final class ProxiedNodes implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final String config;
    private final List<Node> nodes = new ArrayList<>();

    /**
     * One node.
     *
     * @param system its system
     * @param proxy what the connections of other nodes to it pass
     * @param bound its port behind the proxy
     */
    record Node(ActorSystem<?> system, TcpProxy proxy, int bound) {
        Cluster cluster() {
            return Nodes.cluster(system);
        }

        Address address() {
            return cluster().selfAddress();
        }

        ClusterLayer layer() {
            return (ClusterLayer) ChannelLayer.get(system);
        }

        /** How many members its cluster has. */
        int members() {
            int members = 0;
            for (var member : cluster().state().getMembers()) {
                members += member == null ? 0 : 1;
            }
            return members;
        }

        boolean hasEnded() {
            return system.getWhenTerminated().toCompletableFuture().isDone();
        }
    }

    ProxiedNodes(int count, String config) throws Exception {
        this.config = config;
        for (int i = 0; i < count; i++) {
            join();
        }
        nodes.sort(Comparator.comparing(Node::address, Member.addressOrdering()));
        nodes.forEach(Node::layer);
        for (Node node : nodes) {
            node.layer().started().toCompletableFuture().get(PATIENCE, TimeUnit.NANOSECONDS);
            await("members", () -> node.members() == count);
        }
    }

    /** Adds a node, which joins the first. */
    Node join() throws IOException {
        int bound = TcpProxy.freePort();
        TcpProxy proxy = new TcpProxy(bound);
        Node node = new Node(system(proxy.port(), bound, config), proxy, bound);
        nodes.add(node);
        node.cluster().join(nodes.get(0).address());
        return node;
    }

    private static ActorSystem<?> system(int port, int bound, String config) {
        return ActorSystem.create(Behaviors.empty(), "channels", Nodes.config(config + """

                        channels.layer.type = cluster
                        pekko.cluster.downing-provider-class = "org.pekkochannels.layer.cluster.ClusterDowningProvider"
                        pekko.remote.artery.canonical.port = %d
                        pekko.remote.artery.bind { hostname = "127.0.0.1", port = %d }
                        """.formatted(port, bound)));
    }

    Node get(int index) {
        return nodes.get(index);
    }

    /** Ends a node, and starts it again at the same address, to join another. */
    Node restart(int index, Node through) {
        Node ended = nodes.get(index);
        ended.system().terminate();
        ended.system().getWhenTerminated().toCompletableFuture().join();
        Node again = new Node(system(ended.proxy().port(), ended.bound(), config), ended.proxy(), ended.bound());
        nodes.set(index, again);
        again.cluster().join(through.address());
        return again;
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE;
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within a minute: " + what);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.proxy().close());
        nodes.forEach(node -> node.system().terminate());
        nodes.forEach(
                node -> node.system().getWhenTerminated().toCompletableFuture().join());
    }
}
