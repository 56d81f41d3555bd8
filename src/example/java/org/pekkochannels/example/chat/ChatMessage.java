package org.pekkochannels.example.chat;

/**
 * A stored message, and the frame for clients that request history. Immutable.
 *
 * @param id grows with time, and is the same in history and live
 * @param message the text
 * @param name the author, empty if the client sent none
 * @param time the time, in milliseconds since 1970
 */
record ChatMessage(long id, String message, String name, long time) {
    /** The tutorial's frame, which has only the text. */
    record Plain(String message) {}

    Plain plain() {
        return new Plain(message);
    }
}
