package org.pekkochannels.concurrent;

/**
 * What a thread of a dispatcher runs for one actor, from the taking in of a message to its end; nothing in it may block.
 */
@FunctionalInterface
public interface RunningTurn {
    /**
     * Whose turn it is, for messages; from any thread, so it may be that of a moment ago.
     *
     * @return for example {@code ChatConsumer.receive(String) on /ws/chat/lobby/}
     */
    String description();
}
