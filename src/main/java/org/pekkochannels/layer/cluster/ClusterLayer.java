package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelBounds;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Feature;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.settings.Settings;

/**
 * The layer between the nodes of a Pekko cluster: this node's channels, as in memory, and a {@link Hub}. Thread-safe.
 *
 * <p>An event for a group is delivered here, as in memory, and put into the queue of each other node. An event for one channel goes to the
 * node in the channel's name; one for a chosen name goes to the nodes that have announced it, in turn. A stage completes when the event
 * is in the queues, and says nothing about the other nodes.
 */
public final class ClusterLayer implements ChannelLayer {
    // Less than the 5 s of the shutdown's phase, more than the hub takes.
    private static final Duration LEAVING = Duration.ofSeconds(4);
    private static final Set<Feature> FEATURES = Set.of(Feature.PRESENCE);

    private final LocalChannels local;
    private final ChannelLayer here;
    private final ActorSystem<?> system;
    private final ClusterSettings settings;
    private final OutgoingQueues outgoing;
    private final ActorRef<HubMessage> hub;

    /**
     * Called for {@code channels.layer.type = cluster}.
     *
     * @param system the actor system
     * @param settings the section {@code channels.layer}
     */
    public ClusterLayer(ExtendedActorSystem system, Settings settings) {
        this(
                Adapter.toTyped(system),
                ClusterSettings.of(settings).requireCluster(system, settings),
                new LocalChannels(system, ChannelBounds.of(settings)));
        hub.tell(new HubMessage.Discover());
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "channels-layer-leave", this::leave);
    }

    ClusterLayer(ActorSystem<?> system, ClusterSettings settings, LocalChannels local) {
        this.system = system;
        this.settings = settings;
        this.local = local;
        this.here = local.layer(settings.maxEvent());
        this.outgoing = new OutgoingQueues(local);
        this.hub = system.systemActorOf(
                Hub.create(local, outgoing, settings.queueBytes()),
                "channels-hub-" + local.node(),
                DispatcherSelector.fromConfig(Pair.DISPATCHER));
        local.onNamesChanged(() -> outgoing.namesChanged(hub));
    }

    ActorRef<HubMessage> hub() {
        return hub;
    }

    OtherNodes peers() {
        return outgoing.peers();
    }

    /** Sends what waits to the other nodes, and takes leave of them; from now on events stay on this node. */
    CompletionStage<Done> leave() {
        outgoing.close();
        return AskPattern.ask(hub, HubMessage.Leave::new, LEAVING, system.scheduler());
    }

    @Override
    public CompletionStage<Done> started() {
        return join().await();
    }

    @Override
    public CompletionStage<Done> ready() {
        return join().ready();
    }

    private ClusterJoin join() {
        return new ClusterJoin(system, outgoing.peers(), settings);
    }

    @Override
    public Set<Feature> features() {
        return FEATURES;
    }

    @Override
    public int maxEvent() {
        return settings.maxEvent();
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return here.newChannel(receiver);
    }

    @Override
    public Channel newChannel(String name, Consumer<Event> receiver) {
        return here.newChannel(name, receiver);
    }

    @Override
    public Event event(String type, Object payload) {
        return here.event(type, payload);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        Optional<OtherNode> other = LocalChannels.nodeOf(channel)
                .map(node -> node.equals(local.node()) ? Optional.<OtherNode>empty() : peers().ofNode(node))
                .orElseGet(() -> peers().next(channel, outgoing.hasName(channel)));
        if (other.isEmpty() || event.size() > maxEvent()) {
            return here.send(channel, event);
        }
        outgoing.send(List.of(other.get()), () -> Transfer.toChannel(channel, event), hub);
        return CompletableFuture.completedFuture(Done.done());
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        return here.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Joined> groupAdd(GroupName group, Channel channel, Position since) {
        return here.groupAdd(group, channel, since);
    }

    @Override
    public AutoCloseable onGap(Consumer<Gap> listener) {
        return here.onGap(listener);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        return here.groupDiscard(group, channel);
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        CompletionStage<Done> sent = here.groupSend(group, event);
        transfer(group, null, event);
        return sent;
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        CompletionStage<Done> sent = here.groupSendExcept(group, excluded, event);
        transfer(group, excluded, event);
        return sent;
    }

    private void transfer(GroupName group, @Nullable String excluded, Event event) {
        if (event.size() <= maxEvent()) {
            outgoing.send(peers().all(), () -> Transfer.toGroup(group, excluded, event), hub);
        }
    }

    @Override
    public int localSize(GroupName group) {
        return here.localSize(group);
    }

    @Override
    public int capacity() {
        return here.capacity();
    }

    @Override
    public Duration expiry() {
        return here.expiry();
    }

    @Override
    public Presence presence() {
        return here.presence();
    }

    @Override
    public LayerStats stats() {
        return here.stats();
    }
}
