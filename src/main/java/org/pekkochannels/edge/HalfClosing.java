package org.pekkochannels.edge;

import org.pekkochannels.websocket.TransportListener;

/** A listener that may still write after its client has ended its side. Confined to the connection's thread. */
public interface HalfClosing extends TransportListener {
    /** The client has ended its side regularly; {@link #lost} follows when the connection is over. */
    void finished();
}
