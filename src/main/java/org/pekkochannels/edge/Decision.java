package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Refusal;

/** The outcome of an upgrade request. Immutable. */
sealed interface Decision {
    /**
     * Accepted: answer 101, then pass the connection's bytes to the user.
     *
     * @param acceptance the content of the 101
     * @param user receives the bytes
     */
    record Accept(Acceptance acceptance, SocketUser user) implements Decision {}

    /**
     * Refused.
     *
     * @param refusal the answer
     */
    record Refuse(Refusal refusal) implements Decision {}

    /**
     * A refusal that needs no waiting.
     *
     * @param refusal the answer
     * @return a completed stage
     */
    static CompletionStage<Decision> refuse(Refusal refusal) {
        return CompletableFuture.completedFuture(new Refuse(refusal));
    }
}
