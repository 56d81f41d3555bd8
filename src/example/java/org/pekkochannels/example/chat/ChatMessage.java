package org.pekkochannels.example.chat;

import org.pekkochannels.layer.Position;

/**
 * A stored message, and its frame for clients that request history. Immutable.
 *
 * @param id grows with time, and is the same in history and live
 * @param message the text
 * @param name the author, empty if the client sent none
 * @param time the time, in milliseconds since 1970
 * @param member whether the name is that of an account; otherwise any client may have used it
 */
record ChatMessage(long id, String message, String name, long time, boolean member) {
    /** The tutorial's frame, which has only the text. */
    record Plain(String message) {}

    /** The frame of a live message for clients that request history: they come back with its position. */
    record Live(long id, String message, String name, long time, boolean member, Position position) {}

    Live at(Position position) {
        return new Live(id, message, name, time, member, position);
    }

    Plain plain() {
        return new Plain(message);
    }
}
