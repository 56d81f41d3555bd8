package org.pekkochannels.websocket;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseReason;

/**
 * What one turn of a consumer sends: frames, perhaps a close, perhaps the credit for the next delivery.
 *
 * <p>Written on the consumer's thread, then handed to the connection's and never written again.
 */
final class Turn {
    private final FrameWriter frames;
    private int messages;
    private @Nullable CloseReason close;
    private boolean consumed;

    Turn(int capacity) {
        frames = new FrameWriter(capacity);
    }

    /** A turn of the session's own: nothing but a close frame. */
    static Turn ofClose(CloseReason reason) {
        Turn turn = new Turn(0);
        turn.frames.close(reason);
        return turn;
    }

    void send(String text) {
        frames.text(text);
        messages++;
    }

    void send(byte[] bytes) {
        frames.binary(bytes);
        messages++;
    }

    void close(CloseReason reason) {
        close = reason;
    }

    void consumed() {
        consumed = true;
    }

    FrameWriter frames() {
        return frames;
    }

    int messages() {
        return messages;
    }

    @Nullable
    CloseReason closing() {
        return close;
    }

    boolean isConsumed() {
        return consumed;
    }
}
