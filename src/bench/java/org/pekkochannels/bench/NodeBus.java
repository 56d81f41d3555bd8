package org.pekkochannels.bench;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.pubsub.Topic;
import org.apache.pekko.cluster.pubsub.DistributedPubSub;
import org.apache.pekko.cluster.pubsub.DistributedPubSubMediator;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;

/** What carries texts between nodes: the layer, or one of Pekko's own ways. Thread-safe. */
interface NodeBus {
    void subscribe(String group, Consumer<String> receiver);

    void publish(String group, String text);

    static NodeBus of(String name, ActorSystem<?> system) {
        return switch (name) {
            case "channels" -> new OfLayer(started(ChannelLayer.get(system)));
            case "mediator" -> new OfMediator(system);
            case "topic" -> new OfTopic(system, topic(system));
            default -> throw new IllegalArgumentException("channels, mediator or topic, was " + name);
        };
    }

    private static ChannelLayer started(ChannelLayer layer) {
        layer.started().toCompletableFuture().join();
        return layer;
    }

    private static ActorRef<Topic.Command<String>> topic(ActorSystem<?> system) {
        return system.systemActorOf(Topic.create(String.class, "g0"), "topic", Props.empty());
    }

    /** Pekko Channels. */
    record OfLayer(ChannelLayer layer) implements NodeBus {
        @Override
        public void subscribe(String group, Consumer<String> receiver) {
            AtomicReference<@Nullable Channel> own = new AtomicReference<>();
            Channel channel = layer.newChannel(event -> {
                if (requireNonNull(own.get()).take(event)) {
                    receiver.accept(event.payload(String.class));
                }
            });
            own.set(channel);
            layer.groupAdd(group, channel).toCompletableFuture().join();
        }

        @Override
        public void publish(String group, String text) {
            layer.groupSend(group, "text", text);
        }
    }

    /** Pekko's DistributedPubSub. */
    record OfMediator(ActorSystem<?> system, org.apache.pekko.actor.ActorRef mediator) implements NodeBus {
        OfMediator(ActorSystem<?> system) {
            this(system, DistributedPubSub.get(Adapter.toClassic(system)).mediator());
        }

        @Override
        public void subscribe(String group, Consumer<String> receiver) {
            Behavior<Object> subscriber = Behaviors.receiveMessage(message -> {
                if (message instanceof String text) {
                    receiver.accept(text);
                }
                return Behaviors.same();
            });
            org.apache.pekko.actor.ActorRef ref =
                    Adapter.toClassic(system.systemActorOf(subscriber, "subscriber-" + group, Props.empty()));
            mediator.tell(new DistributedPubSubMediator.Subscribe(group, ref), ref);
        }

        @Override
        public void publish(String group, String text) {
            mediator.tell(
                    new DistributedPubSubMediator.Publish(group, text), org.apache.pekko.actor.ActorRef.noSender());
        }
    }

    /** Pekko's typed Topic; one topic, whatever the group. */
    record OfTopic(ActorSystem<?> system, ActorRef<Topic.Command<String>> topic) implements NodeBus {
        @Override
        public void subscribe(String group, Consumer<String> receiver) {
            Behavior<String> subscriber = Behaviors.receiveMessage(text -> {
                receiver.accept(text);
                return Behaviors.same();
            });
            topic.tell(Topic.subscribe(system.systemActorOf(subscriber, "subscriber", Props.empty())));
        }

        @Override
        public void publish(String group, String text) {
            topic.tell(Topic.publish(text));
        }
    }
}
