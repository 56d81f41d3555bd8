package org.pekkochannels.testkit;

/** How the clients of a test reach its application. Thread-safe. */
interface Network {
    /**
     * Connects a client.
     *
     * @param client receives its link to the server, and then the server's bytes
     */
    void connect(ClientEnd client);
}
