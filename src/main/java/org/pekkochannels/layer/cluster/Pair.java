package org.pekkochannels.layer.cluster;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * Starts the two ends of the way of batches from one node to another, children of the hub: Pekko's reliable delivery, which numbers batches, sends
 * what was lost on a broken connection again, and limits how much is on the way.
 */
final class Pair {
    /** The dispatcher of hubs and of what transfers their batches. */
    static final String DISPATCHER = "channels.layer.cluster.dispatcher";

    // Below Artery's maximum-frame-size of 256 KiB, with room for the envelope.
    private static final int CHUNK_BYTES = 128 << 10;
    // Pekko's 30 s would delay the last events before a pause, if a connection that breaks swallows them.
    private static final Duration RESEND = Duration.ofSeconds(2);
    // Not in a node's name.
    private static final char TO = '>';

    private final ActorContext<HubMessage> hub;
    private final Props props = DispatcherSelector.fromConfig(DISPATCHER);
    private final ProducerController.Settings sending;
    private final ConsumerController.Settings receiving;
    private final ActorRef<ProducerController.RequestNext<EventBatch>> demands;
    private final ActorRef<ConsumerController.Delivery<EventBatch>> deliveries;

    Pair(ActorContext<HubMessage> hub) {
        this.hub = hub;
        this.sending =
                ProducerController.Settings$.MODULE$.create(hub.getSystem()).withChunkLargeMessagesBytes(CHUNK_BYTES);
        this.receiving =
                ConsumerController.Settings$.MODULE$.create(hub.getSystem()).withResendIntervalMax(RESEND);
        this.demands = hub.messageAdapter(ProducerController.requestNextClass(), HubMessage.Demand::new);
        this.deliveries = hub.messageAdapter(ConsumerController.deliveryClass(), HubMessage.Arrived::new);
    }

    /** What receives another node's batches. */
    ActorRef<ConsumerController.Command<EventBatch>> receiver() {
        ActorRef<ConsumerController.Command<EventBatch>> receiver =
                hub.spawnAnonymous(ConsumerController.<EventBatch>create(receiving), props);
        receiver.tell(new ConsumerController.Start<>(deliveries));
        return receiver;
    }

    /** What sends batches to a node. */
    ActorRef<ProducerController.Command<EventBatch>> sender(String node, HubMessage.Hello to) {
        ActorRef<ProducerController.Command<EventBatch>> sender = hub.spawnAnonymous(
                ProducerController.create(EventBatch.class, node + TO + to.node(), Optional.empty(), sending), props);
        sender.tell(new ProducerController.RegisterConsumer<>(to.receiver()));
        sender.tell(new ProducerController.Start<>(demands));
        return sender;
    }

    static String sendingNode(String producer) {
        return producer.substring(0, producer.indexOf(TO));
    }

    static String receivingNode(String producer) {
        return producer.substring(producer.indexOf(TO) + 1);
    }
}
