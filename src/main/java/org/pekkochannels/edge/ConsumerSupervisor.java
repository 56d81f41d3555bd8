package org.pekkochannels.edge;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.pekkochannels.protocol.Inbound;

/** The parent of a server's consumers: spawns one for each connection, and tells the connection when it stops. */
final class ConsumerSupervisor extends AbstractBehavior<ConsumerSupervisor.Command> {
    private ConsumerSupervisor(ActorContext<Command> context) {
        super(context);
    }

    /** What the supervisor is told. */
    sealed interface Command {}

    /** Spawns the consumer of a new connection, which is lost when {@code gone} completes before it has a socket. */
    record Spawn(Connection connection, Behavior<Inbound> consumer, Props props, CompletionStage<Done> gone)
            implements Command {}

    private record Stopped(Connection connection) implements Command {}

    static Behavior<Command> create() {
        return Behaviors.setup(ConsumerSupervisor::new);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Spawn.class, this::onSpawn)
                .onMessage(Stopped.class, this::onStopped)
                .build();
    }

    private Behavior<Command> onSpawn(Spawn spawn) {
        ActorRef<Inbound> consumer = getContext().spawnAnonymous(spawn.consumer(), spawn.props());
        getContext().watchWith(consumer, new Stopped(spawn.connection()));
        spawn.connection().start(consumer::tell);
        spawn.gone().thenRun(spawn.connection()::lost);
        return this;
    }

    private Behavior<Command> onStopped(Stopped stopped) {
        stopped.connection().consumerEnded();
        return this;
    }
}
