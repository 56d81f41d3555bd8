package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Presence;

/** Two nodes in two JVMs, one of which ends without notice. The other one is that of the test. */
@Execution(ExecutionMode.CONCURRENT)
final class KilledNodeTest {
    private static String config(int port, int seed) {
        return """
                channels.layer {
                  type = cluster
                  cluster.stable-after = 1s
                  presence { tick = 100ms, grace = 2s }
                }
                pekko.cluster.downing-provider-class = "org.pekkochannels.layer.cluster.ClusterDowningProvider"
                pekko.remote.artery.canonical.port = %d
                pekko.cluster.seed-nodes = ["pekko://channels@127.0.0.1:%d"]
                """.formatted(port, seed);
    }

    private static ActorSystem<?> start(int port) {
        ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "channels", Nodes.config(config(port, port)));
        ChannelLayer.get(system).started().toCompletableFuture().join();
        return system;
    }

    private static int members(ActorSystem<?> system) {
        int members = 0;
        for (var member : Nodes.cluster(system).state().getMembers()) {
            members += member == null ? 0 : 1;
        }
        return members;
    }

    private static void end(ActorSystem<?> system) {
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** The lowest address is what Pekko's resolver would keep. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOtherNodeGoesOnAndItsGroupsHaveOneGapEachAndEntriesLeaveOnce(boolean lowest) throws Exception {
        int[] ports = {TcpProxy.freePort(), TcpProxy.freePort()};
        int here = lowest ? Math.min(ports[0], ports[1]) : Math.max(ports[0], ports[1]);
        int there = ports[0] + ports[1] - here;
        List<Event> events = Collections.synchronizedList(new ArrayList<>());
        ActorSystem<?> system = start(here);
        try (NodeProcess other = NodeProcess.start(config(there, here)).await()) {
            ChannelLayer layer = ChannelLayer.get(system);
            Channel channel = layer.newChannel(events::add);
            layer.groupAdd("one", channel).toCompletableFuture().join();
            layer.groupAdd("two", channel).toCompletableFuture().join();
            List<Presence.Diff> diffs = watch(layer, "one");
            other.tell("enter one ann");
            other.tell("send one hello");
            ProxiedNodes.await(
                    "an entry arrives",
                    () -> diffs.stream().anyMatch(diff -> diff.joins().containsKey("ann")));
            ProxiedNodes.await("an event arrives", () -> !events.isEmpty());
            assertThat(events).singleElement().matches(event -> event.gap().isEmpty());
            events.clear();

            other.kill();
            ProxiedNodes.await("the other is removed", () -> members(system) == 1);
            ProxiedNodes.await("both groups have a gap", () -> events.size() == 2);
            layer.groupSend("one", "said", "alone").toCompletableFuture().join();

            assertThat(events).hasSize(3);
            assertThat(events.subList(0, 2))
                    .extracting(event -> event.group().orElseThrow().value())
                    .containsExactlyInAnyOrder("one", "two");
            assertThat(events.get(2).payload(String.class)).isEqualTo("alone");
            assertThat(Nodes.cluster(system).isTerminated()).isFalse();
            ProxiedNodes.await("the entry leaves", () -> leaves(diffs) > 0);
            assertThat(leaves(diffs)).isEqualTo(1);
            assertThat(layer.presence()
                            .list(new GroupName("one"))
                            .toCompletableFuture()
                            .join())
                    .isEmpty();
        } finally {
            end(system);
        }
    }

    private static List<Presence.Diff> watch(ChannelLayer layer, String group) {
        List<Presence.Diff> diffs = new CopyOnWriteArrayList<>();
        Channel channel = layer.newChannel(event -> diffs.add(Presence.Diff.of(event)));
        layer.presence()
                .watch(new GroupName(group), channel)
                .toCompletableFuture()
                .join();
        return diffs;
    }

    private static long leaves(List<Presence.Diff> diffs) {
        return diffs.stream().filter(diff -> diff.leaves().containsKey("ann")).count();
    }

    @Test
    void aNodeThatWasPausedForTooLongShutsDown() throws Exception {
        int here = TcpProxy.freePort();
        ActorSystem<?> system = start(here);
        try (NodeProcess other = NodeProcess.start(config(0, here)).await()) {
            other.signal("STOP");
            ProxiedNodes.await("the other is removed", () -> members(system) == 1);
            other.signal("CONT");

            assertThat(other.endsWithin(60)).isTrue();
            assertThat(Nodes.cluster(system).isTerminated()).isFalse();
        } finally {
            end(system);
        }
    }
}
