package org.pekkochannels.testkit;

/** Receives a server's bytes, on one thread at a time. */
interface ClientEnd {
    /** The connection exists; called first. */
    void connected(ClientLink server);

    /** Bytes have arrived. */
    void received(byte[] bytes, int offset, int length);

    /** No bytes follow; called at least once. */
    void ended();
}
