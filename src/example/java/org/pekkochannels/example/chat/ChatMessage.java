package org.pekkochannels.example.chat;

/**
 * A stored message, and the frame for clients that ask for history; immutable.
 *
 * @param id grows with time, and is the same in history and live
 * @param message what was said
 * @param name who said it, empty if the client did not tell
 * @param time when, in milliseconds since 1970
 */
record ChatMessage(long id, String message, String name, long time) {
    /** The tutorial's frame, which has nothing else. */
    record Plain(String message) {}

    Plain plain() {
        return new Plain(message);
    }
}
