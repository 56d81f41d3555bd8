package org.pekkochannels.websocket;

/** The phases of a connection from the upgrade to the end. Each comes after those before it; some may be skipped. */
enum Phase {
    OPEN,
    /** Idle for too long while a delivery is in flight, which may still be answered; open again if the peer sends meanwhile. */
    IDLE,
    /** The server is shutting down; the delivery in flight may still be answered. */
    LEAVING,
    /** Our close frame was sent; the peer's is awaited. */
    CLOSING,
    /** The connection waits only for the pending output and the end of the peer's side. */
    ENDING,
    /** The peer has ended its side, or the connection is lost; pending output may still leave. */
    GONE;

    /** Whether frames may still be sent, because our close frame was not. */
    boolean isOpen() {
        return compareTo(CLOSING) < 0;
    }

    /** Whether the peer's frames still matter, because its close frame has not arrived. */
    boolean isHeard() {
        return compareTo(ENDING) < 0;
    }
}
