package org.pekkochannels.edge;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InvalidActorNameException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.pekkochannels.protocol.Inbound;

/** Spawns an edge's consumers under a supervisor. They share its dispatcher unless configured otherwise. Thread-safe. */
public final class ConsumerSpawner {
    private final ActorRef<ConsumerSupervisor.Command> supervisor;

    private ConsumerSpawner(ActorRef<ConsumerSupervisor.Command> supervisor) {
        this.supervisor = supervisor;
    }

    /** Starts a supervisor, which spawns the consumers on its own dispatcher. */
    static ConsumerSpawner start(ActorSystem<?> system, String name, Props props) {
        try {
            return new ConsumerSpawner(
                    system.systemActorOf(ConsumerSupervisor.create(ContainedFailures.of(system)), name, props));
        } catch (InvalidActorNameException taken) {
            throw new IllegalStateException(
                    "this actor system already has an application of Channels, possibly one whose start has failed; add all"
                            + " endpoints to one Channels.in(system), or create another actor system",
                    taken);
        }
    }

    void spawn(ServedWebSocket connection, Behavior<Inbound> consumer, Props props, CompletionStage<Done> gone) {
        supervisor.tell(new ConsumerSupervisor.Spawn(connection, consumer, props, gone));
    }
}
