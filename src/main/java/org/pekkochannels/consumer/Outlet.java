package org.pekkochannels.consumer;

import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.SharedMessage;
import org.pekkochannels.protocol.Wire;

/** What a consumer has said to its client so far; confined to the consumer's turns. */
final class Outlet {
    private final Wire wire;
    private boolean accepted;
    private @Nullable CloseReason ended;

    Outlet(Wire wire) {
        this.wire = wire;
    }

    void accept(Acceptance acceptance) {
        wire.accept(acceptance);
        accepted = true;
    }

    /** A refused client is one that was never there: its consumer sees 1006, as in Channels. */
    void refuse(Refusal refusal) {
        wire.refuse(refusal);
        ended = CloseReason.LOST;
    }

    void send(String text) {
        wire.send(text);
    }

    void send(byte[] bytes) {
        wire.send(bytes);
    }

    void send(SharedMessage message) {
        wire.send(message);
    }

    void close(CloseReason reason) {
        if (accepted) {
            wire.close(reason);
            ended = ended == null ? reason : ended;
        } else {
            refuse(Refusal.FORBIDDEN);
        }
    }

    /** Says that a handler failed, in whatever way the state of the connection still allows. */
    void fail(CloseReason reason) {
        if (ended != null) {
            return;
        }
        if (accepted) {
            close(reason);
        } else {
            refuse(
                    reason.code() == CloseCode.INTERNAL_ERROR
                            ? Refusal.of(500, "Internal Server Error")
                            : Refusal.of(503, "Service Unavailable"));
        }
    }

    void endTurn(boolean consumed) {
        wire.endTurn(consumed);
    }

    /** Why the consumer itself ended the connection, once it has. */
    @Nullable
    CloseReason ended() {
        return ended;
    }
}
