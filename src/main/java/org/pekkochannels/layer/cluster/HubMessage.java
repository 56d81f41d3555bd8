package org.pekkochannels.layer.cluster;

import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.UniqueAddress;

/** What a hub is told, by this node unless it says otherwise. */
sealed interface HubMessage {
    /**
     * From another hub, which wants to exchange events with this one. It is repeated until it is answered.
     *
     * @param hub the other hub
     * @param receiver what receives this node's batches there
     * @param node the other node's name
     * @param uid of the other node's actor system
     * @param names its chosen names
     * @param known whether it has this node's hello
     */
    record Hello(
            ActorRef<HubMessage> hub,
            ActorRef<ConsumerController.Command<EventBatch>> receiver,
            String node,
            long uid,
            ChosenNames names,
            boolean known)
            implements HubMessage {
        /** Which member of the cluster the other node is: one that was started again at the same address is another one. */
        UniqueAddress member() {
            return new UniqueAddress(hub.path().address(), uid);
        }
    }

    /**
     * From another hub, which has received everything from this one, the last batch included.
     *
     * @param hub the other hub
     */
    record Released(ActorRef<HubMessage> hub) implements HubMessage {}

    /**
     * From another hub, in a version that this one does not know.
     *
     * @param manifest the version
     */
    record Unknown(String manifest) implements HubMessage {}

    /** Events wait for other nodes, or names have changed. */
    record Wake() implements HubMessage {
        static final Wake UP = new Wake();
    }

    /** Entries of this node's presence have changed. */
    record Entered() implements HubMessage {
        static final Entered CHANGED = new Entered();
    }

    /** Changes of this node's presence may be sent. */
    record PresenceDue() implements HubMessage {}

    /** Begin to look for other hubs. */
    record Discover() implements HubMessage {}

    /**
     * All hubs there are.
     *
     * @param hubs the hubs, this one included
     */
    record Found(Set<ActorRef<HubMessage>> hubs) implements HubMessage {
        public Found {
            hubs = Set.copyOf(hubs);
        }
    }

    /**
     * A pair can take a batch.
     *
     * @param next where it goes
     */
    record Demand(ProducerController.RequestNext<EventBatch> next) implements HubMessage {}

    /**
     * A batch has arrived.
     *
     * @param delivery the batch
     */
    record Arrived(ConsumerController.Delivery<EventBatch> delivery) implements HubMessage {}

    /**
     * A member of the cluster has joined, changed its status, or been removed.
     *
     * @param event what has changed
     */
    record MemberChanged(ClusterEvent.MemberEvent event) implements HubMessage {}

    /** Some hub has not answered yet. */
    record Repeat() implements HubMessage {}

    /**
     * Send what waits, say goodbye, and stop.
     *
     * @param done told when that is done
     */
    record Leave(ActorRef<Done> done) implements HubMessage {}

    /** Stop, whether or not the others have answered. */
    record GiveUp() implements HubMessage {}
}
