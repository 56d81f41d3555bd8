package org.pekkochannels.websocket;

import org.jspecify.annotations.Nullable;

/**
 * What an edge tells of a connection: the counterpart of {@link Transport}.
 *
 * <p>Called on the connection's own thread, {@link #opened} first; {@link #lost} may come from any thread. No method
 * throws, but {@link #opened} where it is out of place.
 */
public interface TransportListener {
    /**
     * Bytes flow from now on; first of all.
     *
     * @param transport the connection
     */
    void opened(Transport transport);

    /**
     * Bytes from the peer.
     *
     * @param window holds them; the endpoint's until return, and changed in place
     * @param offset the first byte's index
     * @param length how many bytes
     */
    void bytes(byte[] window, int offset, int length);

    /** The end of one read, after its {@link #bytes}. */
    void readDone();

    /** Unsent bytes fell from above {@link Transport#LOW_WATER} to it or below; may come from inside a flush. */
    void drained();

    /**
     * The connection is over: end of stream, reset, failure of TLS, or the end that the transport was asked for. Exactly
     * once for each connection; after an end of stream the edge ends its own side itself.
     *
     * @param why the failure, or null for an end of stream
     */
    void lost(@Nullable Throwable why);

    /**
     * How many bytes the transport reads and discards after {@link Transport#shutdownOutput}.
     *
     * @return the number; of a peer that sends more, the connection is aborted
     */
    default long mostDiscarded() {
        return Long.MAX_VALUE;
    }
}
