package org.pekkochannels.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Refusal;

/** What became of an upgrade request. Immutable. */
sealed interface Decision {
    /** Yes: answer 101, then give the connection's bytes to the user. */
    record Accept(Acceptance acceptance, SocketUser user) implements Decision {}

    /** No: answer this. */
    record Refuse(Refusal refusal) implements Decision {}

    /** A refusal that was made at once. */
    static CompletionStage<Decision> refuse(Refusal refusal) {
        return CompletableFuture.completedFuture(new Refuse(refusal));
    }
}
