package org.pekkochannels.websocket;

/** Where a connection's life stands, from the upgrade to the end; each comes after those before it, some may be left out. */
enum Phase {
    OPEN,
    /** Idle for too long while a delivery is under way, which may still be answered; open again if the peer sends meanwhile. */
    IDLE,
    /** The server goes away; the delivery under way may still be answered. */
    LEAVING,
    /** Our close frame was sent; the peer's is awaited. */
    CLOSING,
    /** Nothing is awaited but the end of what was written, and of the peer's side. */
    ENDING,
    /** The peer has ended its side, or the connection is lost; what was written may still leave. */
    GONE;

    /** Whether frames may still be sent: our close frame was not. */
    boolean isOpen() {
        return compareTo(CLOSING) < 0;
    }

    /** Whether the peer's frames still matter: its last word was not heard. */
    boolean isHeard() {
        return compareTo(ENDING) < 0;
    }
}
