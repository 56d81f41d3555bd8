package org.pekkochannels.layer;

/** What a channel layer can do beside sending; the answer of {@link ChannelLayer#features}. */
public enum Feature {
    /** It keeps the newest events of the groups that {@code channels.layer.history} names, and replays them to a channel that joins. */
    HISTORY,
    /** What is sent after commit is written by the transaction itself, so that both happen or neither. */
    TRANSACTIONAL,
    /** It knows the keys that are present in a group, on all nodes. */
    PRESENCE,
    /** All members of a group with history, on all nodes, receive its events in the same order, from all senders. */
    ORDERED
}
