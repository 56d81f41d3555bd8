package org.pekkochannels.example.board;

import java.util.List;

/**
 * What the board looks like after a change; immutable.
 *
 * @param version grows with each change, so that of two boards the later one is known
 * @param count how many notes there are
 * @param messages the newest of them, newest first
 */
record Board(long version, int count, List<Note> messages) {
    /** What a client is told, which is not the version. */
    record Frame(int count, List<Note> messages) {}

    Frame frame() {
        return new Frame(count, messages);
    }
}
