package org.pekkochannels.example.nodes;

import java.io.IOException;
import java.io.InputStream;

/** Ends a child process with its parent, however that ends: the parent holds the other end of the standard input. */
final class ParentWatch {
    private ParentWatch() {}

    static void start() {
        InputStream input = System.in;
        new Thread(() -> exitAtTheEndOf(input), "parent-watch").start();
    }

    private static void exitAtTheEndOf(InputStream input) {
        try {
            while (input.read() >= 0) {
                // The parent writes nothing.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        System.exit(0);
    }
}
