package org.pekkochannels.testkit;

import java.net.InetSocketAddress;

/** A client's way to its server. Thread-safe; no method blocks for longer than a socket's write. */
interface ClientLink {
    /** The client's address, as its consumer's scope has it. */
    InetSocketAddress address();

    /** Sends bytes, unless the connection has ended. */
    void send(byte[] bytes);

    /** Ends the client's side regularly. */
    void finish();

    /** Ends the connection at once; bytes on their way are lost. */
    void abort();

    /** Whether the client takes bytes from now on, initially true. Otherwise they wait at the server. */
    void reading(boolean on);
}
