package org.pekkochannels.websocket;

import org.jspecify.annotations.Nullable;

/**
 * Events of a connection, which its edge reports: the counterpart of {@link Transport}.
 *
 * <p>Called on the connection's thread, {@link #opened} first; {@link #lost} may be called from any thread. No method throws, except
 * {@link #opened} at the wrong time.
 */
public interface TransportListener {
    /**
     * The connection is ready; the first event.
     *
     * @param transport the connection
     */
    void opened(Transport transport);

    /**
     * Bytes from the peer.
     *
     * @param window contains them; the listener may change it in place until it returns
     * @param offset the index of the first byte
     * @param length the number of bytes
     */
    void bytes(byte[] window, int offset, int length);

    /** The end of one read, after its calls of {@link #bytes}. */
    void readDone();

    /** Unsent bytes fell from above {@link Transport#LOW_WATER} to it or below; may be called inside a flush. */
    void drained();

    /**
     * The connection is over: end of stream, reset, TLS failure, or the end that was requested from the transport. Called exactly once per
     * connection. After an end of stream the edge ends its own side itself.
     *
     * @param why the failure, or null for an end of stream
     */
    void lost(@Nullable Throwable why);

    /**
     * The number of bytes that the transport reads and discards after {@link Transport#shutdownOutput}.
     *
     * @return the number; if the peer sends more, the connection is aborted
     */
    default long mostDiscarded() {
        return Long.MAX_VALUE;
    }
}
