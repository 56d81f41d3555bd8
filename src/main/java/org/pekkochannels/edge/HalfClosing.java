package org.pekkochannels.edge;

import org.pekkochannels.websocket.TransportListener;

/** An endpoint that may still write when its client has ended its side; confined to the connection's thread. */
public interface HalfClosing extends TransportListener {
    /** The client has ended its side in order; {@link #lost} follows when the connection is over. */
    void finished();
}
