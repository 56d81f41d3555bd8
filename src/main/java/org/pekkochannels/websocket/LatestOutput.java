package org.pekkochannels.websocket;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Wire.SharedMessage;
import org.pekkochannels.websocket.codec.Compression;

/**
 * One message, which a newer one of the same key replaces while it waits. Encoded as a frame only when it is written.
 *
 * <p>Created on the consumer's thread, and then confined to the connection's thread. Never merged with other output.
 */
final class LatestOutput extends TurnOutput {
    // About what a waiting message holds beside its bytes, so that many small ones are bounded, too: this object and
    // its
    // writer 80 bytes, the entries of queue and map 48, the key 72, the shared message 104.
    private static final int OVERHEAD = 320;

    private final Object key;
    // Null once it is encoded, or dropped.
    private @Nullable SharedMessage message;

    LatestOutput(Object key, SharedMessage message, Compression compression) {
        super(0, compression);
        this.key = key;
        this.message = message;
    }

    Object key() {
        return key;
    }

    void replaceBy(LatestOutput newer) {
        message = newer.message;
    }

    /** Encodes the message. */
    @Override
    byte[] array() {
        SharedMessage waiting = message;
        if (waiting != null) {
            message = null;
            send(waiting);
        }
        return super.array();
    }

    @Override
    int bytes() {
        return message == null ? super.bytes() : OVERHEAD + message.bytes().length;
    }

    @Override
    int messages() {
        return message == null ? super.messages() : 1;
    }

    @Override
    boolean merge(TurnOutput next) {
        return false;
    }

    @Override
    void dropFirst() {
        message = null;
    }

    @Override
    int dropBeyond(long room) {
        if (bytes() <= room) {
            return 0;
        }
        dropFirst();
        return 1;
    }
}
