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
 * Consumers as typed behaviors, for servers and for actors that run a consumer themselves.
 *
 * <p>The behavior expects {@link Inbound.Connect} first, creates a consumer for it, and stops after the consumer's {@code disconnect}.
 * Database and channel layer are those of the actor system in which it is spawned. Thread-safe.
 */
public final class ConsumerBehavior {
    private static final String NO_FACTORY =
            "the factory of a consumer must not be null; pass its constructor, such as ChatConsumer::new";

    private ConsumerBehavior() {}

    /**
     * Reads and checks {@code channels.consumer} and {@code channels.layer}, and initializes JSON, which otherwise the first consumer would
     * do.
     *
     * @param system the actor system that consumers will run in
     * @throws com.typesafe.config.ConfigException if a key is out of bounds
     */
    public static void checkSettings(ActorSystem<?> system) {
        ConsumerRuntime.get(system).json().initialize();
    }

    /**
     * The behavior of one connection.
     *
     * @param scope what is known about the connection
     * @param factory creates the consumer, usually {@code ChatConsumer::new}
     * @return the behavior, to be spawned once
     */
    public static Behavior<Inbound> create(Scope scope, Function<ConsumerContext, ? extends Consumer> factory) {
        requireNonNull(scope, "the scope of a consumer must not be null");
        requireNonNull(factory, NO_FACTORY);
        return Behaviors.<Object>setup(context -> new ConsumerActor(context, scope.named(), factory))
                .narrow();
    }

    /**
     * An application that creates a consumer for each connection.
     *
     * @param factory creates the consumers, usually {@code ChatConsumer::new}
     * @return the application
     */
    public static Application application(Function<ConsumerContext, ? extends Consumer> factory) {
        requireNonNull(factory, NO_FACTORY);
        return scope -> CompletableFuture.<Opening>completedFuture(new Opening.Proceed(create(scope, factory)));
    }
}
