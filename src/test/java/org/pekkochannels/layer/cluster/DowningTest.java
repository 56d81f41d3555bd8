package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Which nodes go on when some cannot be reached. */
@Execution(ExecutionMode.CONCURRENT)
final class DowningTest {
    private static final String SOON =
            "channels.layer.cluster.stable-after = 1s\n" + "pekko.cluster.split-brain-resolver.stable-after = 1s";

    // Longer than any node takes to notice the loss of both others: one that has noticed only one of them would go on.
    private static final String LATER =
            "channels.layer.cluster.stable-after = 10s\n" + "pekko.cluster.split-brain-resolver.stable-after = 10s";

    @Test
    void bothOfTwoNodesGoOnInAPartitionUntilOneIsRestartedAfterIt() throws Exception {
        try (ProxiedNodes nodes = new ProxiedNodes(2, SOON)) {
            ProxiedNodes.Node lower = nodes.get(0);
            ProxiedNodes.Node higher = nodes.get(1);

            lower.proxy().hold();
            higher.proxy().hold();
            ProxiedNodes.await("each removes the other", () -> lower.members() == 1 && higher.members() == 1);
            assertThat(higher.cluster().isTerminated()).isFalse();
            assertThat(lower.cluster().isTerminated()).isFalse();
            lower.proxy().release();
            higher.proxy().release();
            ProxiedNodes.Node again = nodes.restart(1, lower);

            again.layer().started().toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(lower.members()).isEqualTo(2);
        }
    }

    @Test
    void ofThreeNodesThatAllLoseEachOtherNoneGoesOn() throws Exception {
        try (ProxiedNodes nodes = new ProxiedNodes(3, LATER)) {
            List<ProxiedNodes.Node> all = List.of(nodes.get(0), nodes.get(1), nodes.get(2));

            all.forEach(node -> node.proxy().hold());

            ProxiedNodes.await("all shut down", () -> all.stream().allMatch(ProxiedNodes.Node::hasEnded));
        }
    }

    @Test
    void theSmallerPartOfThreeNodesShutsDownAndEachOfTheOthersGoesOnAlone() throws Exception {
        try (ProxiedNodes nodes = new ProxiedNodes(3, SOON)) {
            ProxiedNodes.Node first = nodes.get(0);
            ProxiedNodes.Node second = nodes.get(1);
            ProxiedNodes.Node third = nodes.get(2);

            first.proxy().hold();
            ProxiedNodes.await("the others remove the first", () -> second.members() == 2 && third.members() == 2);
            second.proxy().hold();
            third.proxy().hold();

            ProxiedNodes.await("each removes the other", () -> second.members() == 1 && third.members() == 1);
            assertThat(second.cluster().isTerminated()).isFalse();
            assertThat(third.cluster().isTerminated()).isFalse();
        }
    }
}
