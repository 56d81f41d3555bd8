package org.pekkochannels.consumer;

import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Slow turns and callbacks of an actor system's consumers so far. Immutable.
 *
 * @param heldTurns turns that occupied their thread longer than {@code channels.consumer.turn-warning}
 * @param lateStages callbacks whose stage took longer than {@code channels.consumer.stage-warning}
 */
public record ConsumerStats(long heldTurns, long lateStages) {
    /**
     * The current numbers.
     *
     * @param system the actor system that the consumers run in
     * @return a snapshot
     */
    public static ConsumerStats get(ActorSystem<?> system) {
        return ConsumerRuntime.get(system).watch().stats();
    }
}
