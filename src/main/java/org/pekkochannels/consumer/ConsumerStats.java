package org.pekkochannels.consumer;

import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What was found wrong with the consumers of an actor system so far; immutable.
 *
 * @param heldTurns turns that held their thread for longer than {@code channels.consumer.turn-warning}
 * @param lateStages callbacks whose stage took longer than {@code channels.consumer.stage-warning}
 */
public record ConsumerStats(long heldTurns, long lateStages) {
    /**
     * The numbers of this moment.
     *
     * @param system the actor system that the consumers run in
     * @return a snapshot
     */
    public static ConsumerStats get(ActorSystem<?> system) {
        return ConsumerRuntime.get(system).watch().stats();
    }
}
