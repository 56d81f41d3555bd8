package org.pekkochannels.consumer;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.protocol.Wire.SharedMessage;

/** A consumer's output to its client. Confined to the consumer's turns. */
final class Outlet {
    private static final SafeLog LOG = SafeLog.of(Outlet.class);

    private final Wire wire;
    private final int maxDraining;
    private final ConsumerCounters counts;
    private boolean accepted;
    private @Nullable CloseReason ended;
    private boolean lost;
    private boolean warned;
    // A set, because many may be pending and they are removed one by one.
    private Set<ConfinedFuture<Boolean>> draining = Set.of();

    Outlet(Wire wire, int maxDraining, ConsumerCounters counts) {
        this.wire = wire;
        this.maxDraining = maxDraining;
        this.counts = counts;
    }

    void accept(Acceptance acceptance) {
        wire.accept(acceptance);
        accepted = true;
    }

    /** A refused client was never connected: its consumer sees 1006, as in Channels. */
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

    /** Replaces a message of the same key that has not left yet. */
    void sendLatest(Object key, SharedMessage message) {
        wire.sendLatest(key, message);
    }

    void close(CloseReason reason) {
        if (accepted) {
            wire.close(reason);
            ended = ended == null ? reason : ended;
        } else {
            refuse(Refusal.FORBIDDEN);
        }
    }

    /** Reports a failed handler in the way that the state of the connection still allows. */
    void fail(CloseReason reason) {
        if (ended != null) {
            return;
        }
        if (accepted) {
            close(reason);
        } else {
            refuse(
                    reason.code() == CloseCode.INTERNAL_ERROR
                            ? Refusal.of(500, "Internal Server Error").because(Refusal.Reason.FAILURE)
                            : Refusal.of(503, "Service Unavailable").because(Refusal.Reason.OVERLOAD));
        }
    }

    /**
     * Completes on the consumer's turn: with true when the client has taken most of the output so far, with false if it left. Fails at once
     * with {@link ConsumerOverloadedException} if the maximum number is pending.
     */
    CompletionStage<Boolean> drained(TurnExecutor turn) {
        if (draining.size() >= maxDraining) {
            return refused(ConsumerOverloadedException.ofDrained(turn.description(), draining.size()), turn);
        }
        ConfinedFuture<Boolean> drained = new ConfinedFuture<>(turn);
        if (lost || ended != null) {
            drained.complete(false);
        } else {
            if (draining.isEmpty()) {
                draining = new LinkedHashSet<>(2);
            }
            draining.add(drained);
            wire.onDrained(() -> turn.offer(() -> drained(drained)));
        }
        return drained;
    }

    /** Marked as seen; otherwise, if not returned, it would be logged as lost, once per message to a slow client. */
    private CompletionStage<Boolean> refused(ConsumerOverloadedException refusal, TurnExecutor turn) {
        counts.callRefused();
        if (!warned) {
            warned = true;
            turn.log(() -> LOG.warn("{}; logged once per connection", refusal.getMessage()));
        }
        return turn.<Boolean>failed(refusal).toCompletableFuture();
    }

    /** The connection has ended: stages that wait for the client complete with false. */
    void lost() {
        lost = true;
        draining.forEach(waiting -> waiting.complete(false));
        draining = Set.of();
    }

    private void drained(ConfinedFuture<Boolean> waiting) {
        if (!lost) {
            draining.remove(waiting);
            waiting.complete(ended == null);
        }
    }

    /** Whether it belongs to a worker, which has no client. */
    boolean isOfWorker() {
        return wire instanceof WorkerWire;
    }

    boolean isAccepted() {
        return accepted;
    }

    /** Whether the client still waits for the answer to its request. */
    boolean isUndecided() {
        return !accepted && ended == null && !lost;
    }

    /** The maximum number of bytes that may wait for the client; any thread. */
    int maxBytes() {
        return wire.maxOutboundBytes();
    }

    void endTurn(boolean consumed) {
        wire.endTurn(consumed);
    }

    /** Why the consumer ended the connection, if it did. */
    @Nullable
    CloseReason ended() {
        return ended;
    }
}
