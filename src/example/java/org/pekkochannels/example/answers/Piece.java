package org.pekkochannels.example.answers;

import org.pekkochannels.layer.Position;

/**
 * The next words of an answer. Immutable.
 *
 * @param number counts the pieces of the answer, from 1
 * @param text the words
 * @param done whether it is the last one
 * @param writer the process that has written it
 */
record Piece(int number, String text, boolean done, String writer) {
    /** The frame for clients: they come back with its position. */
    record Frame(int number, String text, boolean done, String writer, Position position) {}

    Frame at(Position position) {
        return new Frame(number, text, done, writer, position);
    }
}
