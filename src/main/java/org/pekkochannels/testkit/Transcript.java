package org.pekkochannels.testkit;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a client and its server have sent, for the message of a failure. Thread-safe. */
final class Transcript {
    private static final int MOST_LINES = 50;
    private static final int MOST_CHARACTERS = 200;

    private final Deque<String> lines = new ArrayDeque<>();
    private long omitted;

    synchronized void sent(String what) {
        add("-> " + what);
    }

    synchronized void received(String what) {
        add("<- " + what);
    }

    private void add(String line) {
        if (lines.size() == MOST_LINES) {
            lines.remove();
            omitted++;
        }
        lines.add(line);
    }

    @Override
    public synchronized String toString() {
        String first = omitted == 0 ? "" : "\n    (" + omitted + " earlier lines)";
        return lines.isEmpty() ? "\n    (nothing)" : first + "\n    " + String.join("\n    ", lines);
    }

    static String shortened(String text) {
        return text.length() <= MOST_CHARACTERS
                ? text
                : text.substring(0, MOST_CHARACTERS) + ".. (" + text.length() + " characters)";
    }
}
