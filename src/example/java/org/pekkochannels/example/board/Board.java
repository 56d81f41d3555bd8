package org.pekkochannels.example.board;

import java.util.List;
import org.pekkochannels.layer.Position;

/**
 * The board after a change. Immutable.
 *
 * @param version grows with each change, so that the later of two boards is known
 * @param count the number of notes
 * @param messages the newest of them, newest first
 */
record Board(long version, int count, List<Note> messages) {
    /** The frame for clients, without the version. */
    record Frame(int count, List<Note> messages) {}

    /** The frame for clients that come back with its position. */
    record Live(int count, List<Note> messages, Position position) {}

    Live at(Position position) {
        return new Live(count, messages, position);
    }

    Frame frame() {
        return new Frame(count, messages);
    }
}
