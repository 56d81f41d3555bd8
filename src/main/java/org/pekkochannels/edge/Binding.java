package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/** A port that an edge listens on; thread-safe. */
public interface Binding {
    /**
     * Where it listens.
     *
     * @return the address, with the port that was found where any was asked for
     */
    InetSocketAddress address();

    /**
     * Takes no more connections; those that there are go on.
     *
     * @return a stage that completes when the port is free
     */
    CompletionStage<Done> unbind();
}
