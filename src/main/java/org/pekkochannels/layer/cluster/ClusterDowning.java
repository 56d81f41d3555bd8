package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.remote.artery.ThisActorSystemQuarantinedEvent;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.settings.Settings;

/**
 * Lets either of two nodes go on when the other cannot be reached, and leaves the decision to Pekko's resolver when there are more.
 *
 * <p>One of two nodes cannot know whether the other has crashed or the network between them has. It goes on, so after a partition both do, as
 * clusters of their own, which do not merge. A node that was only paused finds that the other has removed it, and shuts down.
 */
final class ClusterDowning extends AbstractActorWithTimers {
    private static final SafeLog LOG = SafeLog.of(ClusterDowning.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final int TWO = 2;
    private static final Set<MemberStatus> FULL =
            Set.of(MemberStatus.up(), MemberStatus.leaving(), MemberStatus.exiting());

    private final Cluster cluster = Cluster.get(getContext().getSystem());
    private final Ticker ticker = TimeSource.of(getContext().getSystem()).ticker();
    private final Props resolverProps;
    private final Duration stableAfter;
    private @Nullable ActorRef resolver;
    private Set<Member> unreachable = Set.of();
    private long since;

    ClusterDowning(Props resolverProps, Duration stableAfter) {
        this.resolverProps = resolverProps;
        this.stableAfter = stableAfter;
    }

    private enum Tick {
        TICK
    }

    @Override
    public void preStart() {
        getContext().getSystem().eventStream().subscribe(getSelf(), ThisActorSystemQuarantinedEvent.class);
        getTimers().startTimerWithFixedDelay(Tick.TICK, Tick.TICK, PERIOD);
    }

    @Override
    public void postStop() {
        getContext().getSystem().eventStream().unsubscribe(getSelf());
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .matchEquals(Tick.TICK, tick -> look(cluster.state()))
                .match(ThisActorSystemQuarantinedEvent.class, this::quarantined)
                .build();
    }

    private void look(ClusterEvent.CurrentClusterState state) {
        List<Member> members =
                StreamSupport.stream(state.getMembers().spliterator(), false).toList();
        boolean few = members.stream()
                        .filter(member -> FULL.contains(member.status()))
                        .count()
                <= TWO;
        if (!few) {
            startResolver();
        } else if (cluster.selfMember().status().equals(MemberStatus.up())) {
            stopResolver();
            decide(undecided(state));
        }
    }

    private void startResolver() {
        unreachable = Set.of();
        if (resolver == null) {
            resolver = getContext()
                    .actorOf(resolverProps.withDispatcher(getContext().props().dispatcher()));
        }
    }

    private void stopResolver() {
        if (resolver != null) {
            getContext().stop(resolver);
            resolver = null;
        }
    }

    private static Set<Member> undecided(ClusterEvent.CurrentClusterState state) {
        return state.getUnreachable().stream()
                .filter(member -> !member.status().equals(MemberStatus.down()))
                .collect(Collectors.toSet());
    }

    private void decide(Set<Member> now) {
        if (!now.equals(unreachable)) {
            unreachable = now;
            since = ticker.read();
        } else if (ticker.read() - since >= stableAfter.toNanos()) {
            now.forEach(this::down);
        }
    }

    private void down(Member member) {
        LOG.warn(
                "channels.layer: node {} could not be reached for {}; this node goes on without it. If it still runs,"
                        + " restart it when the network is well again",
                member.address(),
                Settings.written(stableAfter));
        cluster.down(member.address());
    }

    /** Another node has removed this one. */
    private void quarantined(ThisActorSystemQuarantinedEvent event) {
        UniqueAddress by = new UniqueAddress(
                event.remoteAddress().address(), event.remoteAddress().uid());
        if (resolver == null && isUp(by)) { // otherwise the resolver decides
            LOG.error("channels.layer: this node was removed by node {}, and shuts down; start it again", by.address());
            cluster.down(cluster.selfAddress());
        }
    }

    private boolean isUp(UniqueAddress node) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(member -> member.uniqueAddress().equals(node)
                        && (member.status().equals(MemberStatus.up())
                                || member.status().equals(MemberStatus.weaklyUp())));
    }
}
