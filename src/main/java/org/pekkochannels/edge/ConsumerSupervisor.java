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
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.protocol.Inbound;

/**
 * The parent of a server's consumers: spawns one per connection, and notifies the connection when it stops. If a consumer cannot be
 * spawned, its client is answered 500, and the other consumers keep their parent. Confined to the actor.
 *
 * <p>A failure must not leave this actor: Pekko would stop it, and with it all consumers of the server, or of an event loop.
 */
final class ConsumerSupervisor extends AbstractBehavior<ConsumerSupervisor.Command> {
    private final ContainedFailures failures;

    private ConsumerSupervisor(ActorContext<Command> context, ContainedFailures failures) {
        super(context);
        this.failures = failures;
    }

    /** The supervisor's messages. */
    sealed interface Command {}

    /** Spawns the consumer of a new connection. The connection is lost if {@code gone} completes before it has a socket. */
    record Spawn(ServedWebSocket connection, Behavior<Inbound> consumer, Props props, CompletionStage<Done> gone)
            implements Command {}

    private record Stopped(ServedWebSocket connection) implements Command {}

    /** Stops a consumer that should have stopped by itself. */
    private record Stop(ActorRef<Inbound> consumer) implements Command {}

    /** A connection's view of its consumer. Stopping is a message, because only a parent may stop its child, in its own turn. */
    private record Child(ActorRef<Inbound> consumer, ActorRef<Command> supervisor) implements ServedWebSocket.Actor {
        @Override
        public void tell(Inbound event) {
            consumer.tell(event);
        }

        @Override
        public void stop() {
            supervisor.tell(new Stop(consumer));
        }
    }

    static Behavior<Command> create(ContainedFailures failures) {
        return Behaviors.setup(context -> new ConsumerSupervisor(context, failures));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Spawn.class, this::onSpawn)
                .onMessage(Stopped.class, this::onStopped)
                .onMessage(Stop.class, this::onStop)
                .build();
    }

    private Behavior<Command> onSpawn(Spawn spawn) {
        ServedWebSocket connection = spawn.connection();
        try {
            spawn(spawn);
        } catch (Throwable failure) {
            failures.contain(Place.CONSUMER, "spawning the consumer of " + connection.path(), failure);
            failures.run(Place.CONSUMER, connection.path(), connection::notSpawned);
        }
        return this;
    }

    private void spawn(Spawn spawn) {
        ServedWebSocket connection = spawn.connection();
        Behavior<Inbound> guarded = ConsumerGuard.around(spawn.consumer(), failures, connection);
        ActorRef<Inbound> consumer = getContext().spawnAnonymous(guarded, spawn.props());
        getContext().watchWith(consumer, new Stopped(connection));
        // Sends Connect, and starts the handshake timeout.
        connection.start(new Child(consumer, getContext().getSelf()));
        // Last: if the client has left already, this runs at once, and the session must have started by then.
        spawn.gone().thenRun(connection::lost);
    }

    private Behavior<Command> onStop(Stop stop) {
        getContext().stop(stop.consumer());
        return this;
    }

    private Behavior<Command> onStopped(Stopped stopped) {
        ServedWebSocket connection = stopped.connection();
        failures.run(Place.CONSUMER, connection.path(), connection::consumerEnded);
        return this;
    }
}
