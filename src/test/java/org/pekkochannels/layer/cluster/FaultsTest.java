package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What arrives while connections break, nothing passes, and nodes come and go. With {@code -Pproofs} the faults last longer, and are more.
 */
@Execution(ExecutionMode.CONCURRENT)
final class FaultsTest {
    private static final boolean PROOFS = Boolean.getBoolean("channels.proofs");
    // No node may be removed for the time of a fault.
    private static final String PATIENT = "channels.layer.cluster.stable-after = 10m\n"
            + "pekko.cluster.split-brain-resolver { stable-after = 10m, down-all-when-unstable = off }";

    private enum Fault {
        CUT,
        HELD,
        HELD_ONE_WAY
    }

    private static void disturb(ProxiedNodes nodes, Fault fault, Duration time, Random random) throws Exception {
        List<TcpProxy> both = List.of(nodes.get(0).proxy(), nodes.get(1).proxy());
        List<TcpProxy> disturbed = fault == Fault.HELD_ONE_WAY ? List.of(both.get(random.nextInt(2))) : both;
        if (fault == Fault.CUT) {
            disturbed.forEach(TcpProxy::cut);
        } else {
            disturbed.forEach(TcpProxy::hold);
            Thread.sleep(time.toMillis());
            disturbed.forEach(TcpProxy::release);
        }
    }

    private static Duration length(Random random) {
        int[] seconds = PROOFS ? new int[] {1, 4, 30} : new int[] {1, 1, 4};
        return Duration.ofSeconds(seconds[random.nextInt(seconds.length)]);
    }

    private static void awaitProgress(Flow.Receiver... receivers) throws Exception {
        for (Flow.Receiver receiver : receivers) {
            int before = receiver.last();
            ProxiedNodes.await("events arrive again", () -> receiver.last() > before + 100);
        }
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void nothingIsLostWhileTheQueueHolds() throws Exception {
        Random random = new Random(1);
        try (ProxiedNodes nodes = new ProxiedNodes(2, PATIENT);
                Flow there = new Flow(nodes.get(0).layer(), "there", 1000);
                Flow back = new Flow(nodes.get(1).layer(), "back", 1000)) {
            Flow.Receiver thither = new Flow.Receiver(nodes.get(1).layer(), "there");
            Flow.Receiver hither = new Flow.Receiver(nodes.get(0).layer(), "back");
            awaitProgress(thither, hither);
            int first = thither.last();
            int second = hither.last();

            for (int round = 0; round < (PROOFS ? 5 : 1); round++) {
                for (Fault fault : Fault.values()) {
                    disturb(nodes, fault, length(random), random);
                    awaitProgress(thither, hither);
                }
            }

            assertThat(thither.missing(first, there.end(thither))).isZero();
            assertThat(hither.missing(second, back.end(hither))).isZero();
            assertThat(thither.lost() + hither.lost()).isZero();
        }
    }

    @Test
    void whatAFullQueueDropsIsCountedByTheReceiver() throws Exception {
        try (ProxiedNodes nodes = new ProxiedNodes(2, PATIENT + "\nchannels.layer.cluster.queue-bytes = 64k");
                Flow flow = new Flow(nodes.get(0).layer(), "room", 2000)) {
            Flow.Receiver receiver = new Flow.Receiver(nodes.get(1).layer(), "room");
            awaitProgress(receiver);
            int first = receiver.last();

            nodes.get(1).proxy().hold();
            int begin = flow.sent();
            ProxiedNodes.await("more is sent than waits", () -> flow.sent() > begin + 20_000);
            nodes.get(1).proxy().release();
            awaitProgress(receiver);

            int last = flow.end(receiver);
            assertThat(receiver.lost()).isPositive();
            assertThat(receiver.missing(first, last)).isEqualTo((int) receiver.lost());
        }
    }

    @Test
    void aNodeThatJoinsMissesNothingFromThenOnAndOneOutOfReachDelaysNobody() throws Exception {
        try (ProxiedNodes nodes = new ProxiedNodes(2, PATIENT);
                Flow flow = new Flow(nodes.get(0).layer(), "room", 10_000)) {
            Flow.Receiver second = new Flow.Receiver(nodes.get(1).layer(), "room");
            awaitProgress(second);
            int begin = second.last();

            ProxiedNodes.Node joined = nodes.join();
            joined.layer().started().toCompletableFuture().get(60, TimeUnit.SECONDS);
            Flow.Receiver third = new Flow.Receiver(joined.layer(), "room");
            int first = flow.sent() + 1;
            awaitProgress(third);
            joined.proxy().hold();
            int held = flow.sent();
            ProxiedNodes.await("the second receives what is sent meanwhile", () -> second.last() > held + 10_000);
            joined.proxy().release();

            int last = flow.end(second, third);
            assertThat(second.missing(begin, last)).isZero();
            assertThat(third.missing(first, last)).isEqualTo((int) third.lost());
        }
    }
}
