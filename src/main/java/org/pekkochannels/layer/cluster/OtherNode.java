package org.pekkochannels.layer.cluster;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.cluster.UniqueAddress;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.PresenceExchange;

/**
 * Another node, from the discovery of its hub until its end. Senders use the node's name, its chosen names and the queue, on any thread; all else
 * belongs to the hub.
 */
final class OtherNode {
    private final ActorRef<HubMessage> hub;
    private final ActorRef<ConsumerController.Command<EventBatch>> receiver;
    private final NodeQueue queue;
    private final PresenceQueue presence = new PresenceQueue();
    private volatile ChosenNames names = ChosenNames.NONE;
    // Set once, by the hello, before senders know this peer.
    private @Nullable String node;
    private @Nullable UniqueAddress member;
    private @Nullable ActorRef<ProducerController.Command<EventBatch>> sender;
    private ProducerController.@Nullable RequestNext<EventBatch> demand;
    // Read by the start, too.
    private volatile boolean knowsThisNode;
    private boolean owedNames;
    private boolean owedLast;

    OtherNode(ActorRef<HubMessage> hub, ActorRef<ConsumerController.Command<EventBatch>> receiver, NodeQueue queue) {
        this.hub = hub;
        this.receiver = receiver;
        this.queue = queue;
    }

    ActorRef<HubMessage> hub() {
        return hub;
    }

    /** What receives the other node's batches here. */
    ActorRef<ConsumerController.Command<EventBatch>> receiver() {
        return receiver;
    }

    NodeQueue queue() {
        return queue;
    }

    PresenceQueue presence() {
        return presence;
    }

    boolean hasName(String channel) {
        return names.names().contains(channel);
    }

    void announced(ChosenNames announced) {
        if (announced.version() > names.version()) {
            names = announced;
        }
    }

    /** The node's name, known with its hello. */
    String node() {
        return requireNonNull(node);
    }

    /** Whether the other node's hello has arrived, so that events can be sent to it. */
    boolean isGreeted() {
        return node != null;
    }

    void greeted(String name, UniqueAddress address) {
        member = address;
        node = name;
    }

    /** Which member of the cluster it is, known with its hello. */
    UniqueAddress member() {
        return requireNonNull(member);
    }

    boolean is(UniqueAddress address) {
        return address.equals(member);
    }

    /** Whether events flow in both directions. */
    boolean isComplete() {
        return isGreeted() && knowsThisNode;
    }

    /** The other node has this one's hello, so that its events arrive here. */
    void knowsThisNode() {
        knowsThisNode = true;
    }

    Optional<ActorRef<ProducerController.Command<EventBatch>>> sender() {
        return Optional.ofNullable(sender);
    }

    void sendBy(ActorRef<ProducerController.Command<EventBatch>> controller) {
        sender = controller;
    }

    void owesNames() {
        owedNames = true;
    }

    void owesLast() {
        owedLast = true;
    }

    void demands(ProducerController.RequestNext<EventBatch> next) {
        demand = next;
    }

    /** Sends one batch, if the pair can take one and something waits. */
    void send(ChosenNames own, PresenceExchange exchange) {
        ProducerController.RequestNext<EventBatch> next = demand;
        if (next != null && isWaiting()) {
            demand = null;
            next.sendNextTo().tell(BatchWriter.write(take(own, exchange)));
        }
    }

    private boolean isWaiting() {
        return owedNames || owedLast || queue.isWaiting() || presence.isWaiting();
    }

    private BatchWriter.Content take(ChosenNames own, PresenceExchange exchange) {
        NodeQueue.Taken taken = queue.take();
        boolean last = owedLast && !queue.isWaiting();
        BatchWriter.Content content = new BatchWriter.Content(
                taken, owedNames ? own : null, presence.next(exchange), presence.takeAsk(), last);
        owedNames = false;
        owedLast &= !last;
        return content;
    }
}
