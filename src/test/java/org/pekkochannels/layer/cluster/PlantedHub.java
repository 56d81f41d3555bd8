package org.pekkochannels.layer.cluster;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.typed.Cluster;

/** A hub that sends to another one what a test has planted, and else does what is expected of it. */
final class PlantedHub extends AbstractBehavior<HubMessage> {
    private static final String NODE = "planted";

    private final Pair pair;
    private final ActorRef<ConsumerController.Command<EventBatch>> receiver;
    private final Queue<EventBatch> batches;
    private boolean connected;

    private PlantedHub(ActorContext<HubMessage> context, List<EventBatch> batches) {
        super(context);
        this.pair = new Pair(context);
        this.receiver = pair.receiver();
        this.batches = new ArrayDeque<>(batches);
    }

    static Behavior<HubMessage> create(List<EventBatch> batches) {
        return Behaviors.setup(context -> new PlantedHub(context, batches));
    }

    @Override
    public Receive<HubMessage> createReceive() {
        return newReceiveBuilder()
                .onMessage(HubMessage.Hello.class, this::hello)
                .onMessage(HubMessage.Demand.class, this::demand)
                .onMessage(HubMessage.Arrived.class, this::arrived)
                .build();
    }

    private Behavior<HubMessage> hello(HubMessage.Hello hello) {
        if (!connected) {
            connected = true;
            pair.sender(NODE, hello);
        }
        long uid = Cluster.get(getContext().getSystem())
                .selfMember()
                .uniqueAddress()
                .longUid();
        hello.hub().tell(new HubMessage.Hello(getContext().getSelf(), receiver, NODE, uid, ChosenNames.NONE, true));
        return this;
    }

    private Behavior<HubMessage> demand(HubMessage.Demand demand) {
        if (!batches.isEmpty()) {
            demand.next().sendNextTo().tell(batches.remove());
        }
        return this;
    }

    private Behavior<HubMessage> arrived(HubMessage.Arrived arrived) {
        arrived.delivery().confirmTo().tell(ConsumerController.confirmed());
        return this;
    }
}
