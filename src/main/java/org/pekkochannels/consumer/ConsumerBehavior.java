package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;

/**
 * Consumers as typed behaviors, for servers and for actors that want to run one themselves.
 *
 * <p>The behavior expects {@link Inbound.Connect} first, makes a new consumer for it, and stops after its
 * {@code disconnect}. Database and channel layer are those of the actor system it is spawned in. Thread-safe.
 */
public final class ConsumerBehavior {
    private static final String NO_FACTORY =
            "the factory of a consumer must not be null; pass its constructor, such as ChatConsumer::new";

    private ConsumerBehavior() {}

    /**
     * Reads and checks {@code channels.consumer} and {@code channels.layer}, and prepares JSON, which otherwise the first consumer
     * does.
     *
     * @param system the actor system that consumers will run in
     * @throws com.typesafe.config.ConfigException when a key is out of bounds
     */
    public static void checkSettings(ActorSystem<?> system) {
        Json.initialize();
        ConsumerRuntime.get(system);
    }

    /**
     * The behavior of one connection.
     *
     * @param scope what is known about the connection
     * @param factory makes the consumer, usually {@code ChatConsumer::new}
     * @return the behavior, to be spawned once
     */
    public static Behavior<Inbound> create(Scope scope, Function<ConsumerContext, ? extends Consumer> factory) {
        requireNonNull(scope, "the scope of a consumer must not be null");
        requireNonNull(factory, NO_FACTORY);
        return Behaviors.<Object>setup(context -> new ConsumerActor(context, scope, factory))
                .narrow();
    }

    /**
     * The application that answers each connection with a new consumer.
     *
     * @param factory makes the consumers, usually {@code ChatConsumer::new}
     * @return the application
     */
    public static Application application(Function<ConsumerContext, ? extends Consumer> factory) {
        requireNonNull(factory, NO_FACTORY);
        return scope -> CompletableFuture.<Opening>completedFuture(new Opening.Proceed(create(scope, factory)));
    }
}
