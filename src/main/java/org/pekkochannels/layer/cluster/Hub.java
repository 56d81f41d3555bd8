package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.LocalChannels;

/**
 * The actor of one node that exchanges events with those of the other nodes.
 *
 * <p>Two hubs greet each other, with a {@link HubMessage.Hello} that is repeated until it is answered. From then on each sends batches through
 * a {@link Pair}: in order, none twice, none lost while both live. A hub that leaves sends what waits and says so in its last batch. One whose
 * node is removed from the cluster without it may have had events that never left, so that every group of this node has a gap.
 *
 * <p>Hubs do not watch each other: Pekko reports the end of what it watches on a node that has joined again at the same address, as long as this
 * node takes it for the former one. The other hub would not notice that it was forgotten, and its events would be lost.
 */
final class Hub extends AbstractBehavior<HubMessage> {
    static final ServiceKey<HubMessage> KEY = ServiceKey.create(HubMessage.class, "pekko-channels-hub");

    private static final SafeLog LOG = SafeLog.of(Hub.class);
    private static final Duration REPEAT = Duration.ofMillis(500);
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final TimerScheduler<HubMessage> timers;
    private final LocalChannels local;
    private final OutgoingQueues outgoing;
    private final Pair pair;
    private final BatchReader reader;
    private final HubPresence presence;
    private final long queueBytes;
    private final Map<ActorRef<HubMessage>, OtherNode> known = new HashMap<>();
    // Those that have said goodbye, as long as they are still listed.
    private final Set<ActorRef<HubMessage>> departed = new HashSet<>();
    private final Set<UniqueAddress> members = new HashSet<>();
    private final long uid;
    private @Nullable ActorRef<Done> leaving;
    private boolean listed;

    private Hub(
            ActorContext<HubMessage> context,
            TimerScheduler<HubMessage> timers,
            LocalChannels local,
            OutgoingQueues outgoing,
            long queueBytes) {
        super(context);
        this.timers = timers;
        this.local = local;
        this.outgoing = outgoing;
        this.pair = new Pair(context);
        this.queueBytes = queueBytes;
        this.reader = new BatchReader(
                local, new DeliveryQueue(local, context.getSystem().executionContext(), queueBytes));
        this.presence = new HubPresence(
                local.presenceExchange(),
                timers,
                TimeSource.of(context.getSystem()).ticker());
        Cluster cluster = Cluster.get(context.getSystem());
        this.uid = cluster.selfMember().uniqueAddress().longUid();
        cluster.subscriptions()
                .tell(Subscribe.create(
                        context.messageAdapter(ClusterEvent.MemberEvent.class, HubMessage.MemberChanged::new),
                        ClusterEvent.MemberEvent.class));
        presence.begin(context.getSelf());
    }

    static Behavior<HubMessage> create(LocalChannels local, OutgoingQueues outgoing, long queueBytes) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Hub(context, timers, local, outgoing, queueBytes)));
    }

    @Override
    public Receive<HubMessage> createReceive() {
        Receive<HubMessage> messages = messages();
        return newReceiveBuilder()
                .onAnyMessage(message -> attempt(messages, message))
                .build();
    }

    /** A hub that stopped would be the end of the layer, so no error stops it. */
    private Behavior<HubMessage> attempt(Receive<HubMessage> messages, HubMessage message) {
        try {
            return messages.receiveMessage(message);
        } catch (Throwable e) {
            LOG.error("channels.layer: the hub failed, and goes on", e);
            return this;
        }
    }

    private Receive<HubMessage> messages() {
        return newReceiveBuilder()
                .onMessage(HubMessage.Wake.class, this::wake)
                .onMessage(HubMessage.Entered.class, this::entered)
                .onMessage(HubMessage.PresenceDue.class, this::presenceDue)
                .onMessage(HubMessage.Demand.class, this::demand)
                .onMessage(HubMessage.Arrived.class, this::arrived)
                .onMessage(HubMessage.Discover.class, this::discover)
                .onMessage(HubMessage.Found.class, this::found)
                .onMessage(HubMessage.Hello.class, this::hello)
                .onMessage(HubMessage.Repeat.class, this::repeat)
                .onMessage(HubMessage.MemberChanged.class, this::memberChanged)
                .onMessage(HubMessage.Unknown.class, this::unknown)
                .onMessage(HubMessage.Leave.class, this::leave)
                .onMessage(HubMessage.Released.class, this::released)
                .onMessage(HubMessage.GiveUp.class, this::giveUp)
                .build();
    }

    private ActorRef<HubMessage> self() {
        return getContext().getSelf();
    }

    private Behavior<HubMessage> discover(HubMessage.Discover begin) {
        ActorRef<Receptionist.Listing> listings = getContext()
                .messageAdapter(
                        Receptionist.Listing.class,
                        listing -> new HubMessage.Found(listing.getAllServiceInstances(KEY)));
        ActorRef<Receptionist.Command> receptionist = getContext().getSystem().receptionist();
        receptionist.tell(Receptionist.register(KEY, self()));
        listed = true;
        receptionist.tell(Receptionist.subscribe(KEY, listings));
        return this;
    }

    private Behavior<HubMessage> found(HubMessage.Found found) {
        departed.retainAll(found.hubs());
        known.values().stream()
                .filter(peer -> !peer.isGreeted() && !found.hubs().contains(peer.hub()))
                .map(OtherNode::hub)
                .toList()
                .forEach(this::forget);
        found.hubs().stream().filter(this::isNew).forEach(hub -> greet(add(hub)));
        return this;
    }

    private boolean isNew(ActorRef<HubMessage> hub) {
        return leaving == null && !hub.equals(self()) && !known.containsKey(hub) && !departed.contains(hub);
    }

    private OtherNode add(ActorRef<HubMessage> hub) {
        OtherNode peer = new OtherNode(hub, pair.receiver(), new NodeQueue(queueBytes));
        known.put(hub, peer);
        timers.startTimerWithFixedDelay(HubMessage.Repeat.class, new HubMessage.Repeat(), REPEAT);
        return peer;
    }

    private void greet(OtherNode peer) {
        peer.hub()
                .tell(new HubMessage.Hello(
                        self(), peer.receiver(), local.node(), uid, outgoing.names(), peer.isGreeted()));
    }

    private Behavior<HubMessage> repeat(HubMessage.Repeat due) {
        if (known.values().stream().allMatch(OtherNode::isComplete)) {
            timers.cancel(HubMessage.Repeat.class);
        }
        known.values().stream().filter(peer -> !peer.isComplete()).forEach(this::greet);
        return this;
    }

    /** A node of which this one does not know yet will repeat its hello; one that has been removed must not come back. */
    private Behavior<HubMessage> hello(HubMessage.Hello hello) {
        if (members.contains(hello.member())) {
            greeted(hello);
        }
        return this;
    }

    private void greeted(HubMessage.Hello hello) {
        OtherNode peer = isNew(hello.hub()) ? add(hello.hub()) : known.get(hello.hub());
        if (peer != null) {
            boolean first = !peer.isGreeted();
            if (first) {
                connect(peer, hello);
            }
            peer.announced(hello.names());
            if (hello.known()) {
                peer.knowsThisNode();
            }
            if (first || !hello.known()) {
                greet(peer);
            }
        }
    }

    private void connect(OtherNode peer, HubMessage.Hello hello) {
        peer.greeted(hello.node(), hello.member());
        peer.sendBy(pair.sender(local.node(), hello));
        peer.owesNames();
        outgoing.peers().add(peer);
        LOG.info(
                "channels.layer: node {} has joined, at {}",
                hello.node(),
                hello.hub().path().address());
    }

    private Behavior<HubMessage> wake(HubMessage.Wake wake) {
        outgoing.awake();
        boolean renamed = outgoing.takeNamesChanged();
        for (OtherNode peer : known.values()) {
            if (renamed) {
                peer.owesNames();
            }
            send(peer);
        }
        return this;
    }

    private void send(OtherNode peer) {
        peer.send(outgoing.names(), presence.exchange());
    }

    private Behavior<HubMessage> entered(HubMessage.Entered changed) {
        presence.changed();
        return this;
    }

    private Behavior<HubMessage> presenceDue(HubMessage.PresenceDue due) {
        presence.addChanges(known.values());
        known.values().forEach(this::send);
        return this;
    }

    private Behavior<HubMessage> demand(HubMessage.Demand demand) {
        outgoing.peers().ofNode(Pair.receivingNode(demand.next().producerId())).ifPresent(peer -> {
            peer.demands(demand.next());
            send(peer);
        });
        return this;
    }

    private Behavior<HubMessage> arrived(HubMessage.Arrived arrived) {
        ConsumerController.Delivery<EventBatch> delivery = arrived.delivery();
        String from = Pair.sendingNode(delivery.producerId());
        try {
            BatchReader.About about = reader.deliver(delivery.message(), from);
            outgoing.peers().ofNode(from).ifPresent(peer -> learn(peer, about));
        } finally { // otherwise the pair would wait for ever
            delivery.confirmTo().tell(ConsumerController.confirmed());
        }
        return stopWhenReleased();
    }

    private void learn(OtherNode peer, BatchReader.About about) {
        peer.knowsThisNode();
        if (about.names() != null) {
            peer.announced(about.names());
        }
        about.presence().ifPresent(part -> presence.receive(peer, part));
        if (about.asks()) {
            peer.presence().owesState();
        }
        send(peer);
        if (about.last()) {
            LOG.info("channels.layer: node {} has left", peer.node());
            departed.add(peer.hub());
            forget(peer.hub());
            peer.hub().tell(new HubMessage.Released(self()));
        }
    }

    private Behavior<HubMessage> memberChanged(HubMessage.MemberChanged changed) {
        UniqueAddress member = changed.event().member().uniqueAddress();
        if (!(changed.event() instanceof ClusterEvent.MemberRemoved)) {
            members.add(member);
            return this;
        }
        members.remove(member);
        known.values().stream().filter(peer -> peer.is(member)).toList().forEach(this::end);
        return stopWhenReleased();
    }

    private void end(OtherNode peer) {
        LOG.warn("channels.layer: node {} is gone, and its last events may be lost", peer.node());
        forget(peer.hub());
        local.missed(new Gap(Set.of()), 0);
    }

    private void forget(ActorRef<HubMessage> hub) {
        OtherNode peer = known.remove(hub);
        if (peer != null) {
            outgoing.peers().remove(peer);
            presence.forget(peer);
            peer.sender().ifPresent(getContext()::stop);
            getContext().stop(peer.receiver());
        }
    }

    private Behavior<HubMessage> unknown(HubMessage.Unknown message) {
        LOG.warn(
                "channels.layer: another node sends '{}', which is unknown; run the same release on all nodes",
                message.manifest());
        return this;
    }

    private Behavior<HubMessage> leave(HubMessage.Leave leave) {
        leaving = leave.done();
        if (listed) {
            getContext().getSystem().receptionist().tell(Receptionist.deregister(KEY, self()));
        }
        known.values().stream()
                .filter(peer -> !peer.isGreeted())
                .map(OtherNode::hub)
                .toList()
                .forEach(this::forget);
        for (OtherNode peer : known.values()) {
            peer.owesLast();
            send(peer);
        }
        timers.startSingleTimer(new HubMessage.GiveUp(), FAREWELL);
        return stopWhenReleased();
    }

    private Behavior<HubMessage> released(HubMessage.Released released) {
        if (leaving != null) {
            forget(released.hub());
        }
        return stopWhenReleased();
    }

    private Behavior<HubMessage> stopWhenReleased() {
        if (leaving == null || !known.isEmpty()) {
            return this;
        }
        leaving.tell(Done.getInstance());
        return Behaviors.stopped();
    }

    private Behavior<HubMessage> giveUp(HubMessage.GiveUp late) {
        LOG.warn("channels.layer: {} did not confirm this node's last events", Counted.of(known.size(), "node"));
        known.clear();
        return stopWhenReleased();
    }
}
