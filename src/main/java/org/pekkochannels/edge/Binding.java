package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** A port on which an edge listens. Thread-safe. */
public interface Binding {
    /**
     * The address on which it listens.
     *
     * @return the address, with the actual port if any free one was requested
     */
    InetSocketAddress address();

    /**
     * Stops accepting connections; open ones continue.
     *
     * @return a stage that completes when the port is free
     */
    CompletionStage<Done> unbind();
}
