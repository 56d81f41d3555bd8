package org.pekkochannels.edge;

import org.apache.pekko.util.ByteString;
import org.pekkochannels.websocket.Transport;

/**
 * Pekko HTTP's output: a part is written when the previous one has left, or nearly. Confined to the connection's thread.
 *
 * <p>The transport never holds more than one part and its low-water mark.
 * The rest waits here without being copied, and {@code drained()} continues. The stage, too, is at most some 64 KiB ahead: then it waits for
 * {@link #isWritten}. So a slow client stops the page.
 */
final class HttpOutput {
    // A response may be one large array, which must not be copied as a whole for a slow client.
    private static final int MOST_WRITTEN = 64 * 1024;

    private final Transport connection;
    private ByteString unwritten = ByteString.emptyByteString();

    HttpOutput(Transport connection) {
        this.connection = connection;
    }

    void add(ByteString bytes) {
        unwritten = unwritten.isEmpty() ? bytes : unwritten.concat(bytes);
    }

    /** Writes until the transport is full; returns whether anything was written. */
    boolean write() {
        boolean written = false;
        while (!unwritten.isEmpty() && hasRoom()) {
            byte[] part = unwritten.take(MOST_WRITTEN).toArrayUnsafe();
            unwritten = unwritten.drop(MOST_WRITTEN);
            connection.write(part, 0, part.length);
            connection.flush();
            written = true;
        }
        return written;
    }

    /** Whether all has left, or nearly. */
    boolean isWritten() {
        return unwritten.isEmpty() && hasRoom();
    }

    void drop() {
        unwritten = ByteString.emptyByteString();
    }

    private boolean hasRoom() {
        return connection.unsent() <= Transport.LOW_WATER;
    }
}
