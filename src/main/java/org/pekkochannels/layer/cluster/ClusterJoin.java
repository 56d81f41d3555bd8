package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.settings.Settings;

/** Waits until this node is a member of the cluster and exchanges events with every other member that uses the layer and can be reached. */
final class ClusterJoin {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final ActorSystem<?> system;
    private final Cluster cluster;
    private final Ticker ticker;
    private final OtherNodes peers;
    private final ClusterSettings settings;
    private final CompletableFuture<Done> joined = new CompletableFuture<>();

    ClusterJoin(ActorSystem<?> system, OtherNodes peers, ClusterSettings settings) {
        this.system = system;
        this.cluster = Cluster.get(Adapter.toClassic(system));
        this.ticker = TimeSource.of(system).ticker();
        this.peers = peers;
        this.settings = settings;
    }

    CompletionStage<Done> await() {
        look(ticker.read() + settings.joinTimeout().toNanos());
        return joined;
    }

    /** Whether nothing is missing now. */
    CompletionStage<Done> ready() {
        Set<String> missing = missing();
        return missing.isEmpty()
                ? CompletableFuture.completedFuture(Done.getInstance())
                : CompletableFuture.failedFuture(new LayerUnavailableException(
                        "the channel layer waits for " + String.join(", ", missing), null));
    }

    private void look(long end) {
        try {
            lookAgain(end, missing());
        } catch (Throwable e) { // the system may be stopping, and the start must not wait for ever
            joined.completeExceptionally(e);
        }
    }

    private void lookAgain(long end, Set<String> missing) {
        if (missing.isEmpty()) {
            joined.complete(Done.getInstance());
        } else if (ticker.read() - end >= 0) {
            joined.completeExceptionally(new LayerUnavailableException(message(missing), null));
        } else {
            system.scheduler().scheduleOnce(PAUSE, () -> look(end), system.executionContext());
        }
    }

    private String message(Set<String> missing) {
        return "the channel layer has waited " + Settings.written(settings.joinTimeout())
                + " (channels.layer.cluster.join-timeout) for " + String.join(", ", missing);
    }

    private Set<String> missing() {
        ClusterEvent.CurrentClusterState state = cluster.state();
        if (!isUp(cluster.selfMember())) {
            return Set.of("this node to become a member of the cluster, at " + cluster.selfAddress()
                    + " (channels.layer.cluster.seed-nodes)");
        }
        Set<UniqueAddress> here = peers.all().stream()
                .filter(OtherNode::isComplete)
                .map(OtherNode::member)
                .collect(Collectors.toSet());
        return StreamSupport.stream(state.getMembers().spliterator(), false)
                .filter(member -> isUp(member) && settings.isUsedBy(member))
                .filter(member -> !state.getUnreachable().contains(member))
                .filter(member -> !member.equals(cluster.selfMember()) && !here.contains(member.uniqueAddress()))
                .map(member -> "the node " + member.address())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isUp(Member member) {
        return member.status().equals(MemberStatus.up()) || member.status().equals(MemberStatus.weaklyUp());
    }
}
