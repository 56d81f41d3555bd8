package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Refusal;

/** What became of an upgrade request. Immutable. */
sealed interface Decision {
    /**
     * Yes: answer 101, then give the connection's bytes to the user.
     *
     * @param acceptance what the 101 says
     * @param user gets the bytes
     */
    record Accept(Acceptance acceptance, SocketUser user) implements Decision {}

    /**
     * No: answer this.
     *
     * @param refusal the answer
     */
    record Refuse(Refusal refusal) implements Decision {}

    /**
     * A refusal that was made at once.
     *
     * @param refusal the answer
     * @return a stage that has completed
     */
    static CompletionStage<Decision> refuse(Refusal refusal) {
        return CompletableFuture.completedFuture(new Refuse(refusal));
    }
}
