package org.pekkochannels.concurrent;

/** A turn: what a dispatcher thread runs for one actor, from taking a message to its end. Code in a turn must not block. */
@FunctionalInterface
public interface RunningTurn {
    /**
     * Describes the turn for messages. May be called from any thread, so it may describe the turn of a moment ago.
     *
     * @return for example {@code ChatConsumer.receive(String) on /ws/chat/lobby/}
     */
    String description();
}
