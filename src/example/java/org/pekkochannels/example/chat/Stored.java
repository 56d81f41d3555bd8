package org.pekkochannels.example.chat;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Messages of a room from the table, oldest first. Immutable.
 *
 * @param messages the messages, of which the client may have some
 * @param complete whether the client misses no other
 */
record Stored(List<ChatMessage> messages, boolean complete) {
    /** Beyond this, a client receives the newest messages only. */
    private static final int MAX_MISSED = 1000;

    /**
     * How many ids may be committed before a smaller one: an id is assigned by the insert, and visible with its commit. What a client has
     * up to an id is therefore complete up to this many ids before it.
     */
    private static final int OVERLAP = 200;

    Stored {
        messages = List.copyOf(messages);
    }

    /** What a client may have missed whose greatest id is {@code after}, or else, or without such an id, the newest {@code wanted} messages. */
    static Stored read(Handle handle, String room, long after, int wanted) {
        if (after > 0) {
            List<ChatMessage> missed = Messages.after(handle, room, Math.max(0, after - OVERLAP), MAX_MISSED + 1);
            if (missed.size() <= MAX_MISSED) {
                return new Stored(missed, true);
            }
        }
        return new Stored(Messages.last(handle, room, wanted), false);
    }
}
