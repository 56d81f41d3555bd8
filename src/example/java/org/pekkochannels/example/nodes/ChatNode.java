package org.pekkochannels.example.nodes;

import org.pekkochannels.example.chat.ChatServer;

/** The examples as a child process of {@link TwoNodes}. */
public final class ChatNode {
    private ChatNode() {}

    /**
     * Starts the examples, as {@link ChatServer} does, until the parent ends.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        ParentWatch.start();
        ChatServer.main(args);
    }
}
