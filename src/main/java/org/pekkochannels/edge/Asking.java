package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.WebSockets;

/**
 * One upgrade request that the application is asked about, as long as {@code channels.websocket.handshake-timeout} allows:
 * after that, and when the server goes away, the answer is 503. Thread-safe.
 */
final class Asking implements Connections.Guest {
    private static final Refusal LATE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.HANDSHAKE_TIMEOUT);

    private final Scope scope;
    private final WebSockets sockets;
    private final long deadline;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Opening> answer = new CompletableFuture<>();

    Asking(Scope scope, WebSockets sockets) {
        this.scope = scope;
        this.sockets = sockets;
        deadline = System.nanoTime() + sockets.settings().handshakeTimeout().toNanos();
    }

    /** The first answer, be it the application's or ours. */
    CompletionStage<Opening> answer() {
        return answer;
    }

    /** The application has answered; one of the two is not null. */
    void answered(@Nullable Opening opening, @Nullable Throwable failure) {
        if (isFirst()) {
            if (failure == null) {
                answer.complete(opening);
            } else {
                answer.completeExceptionally(failure);
            }
        }
    }

    @Override
    public void goAway(CloseReason reason) {
        abort();
    }

    @Override
    public void abort() {
        if (isFirst()) {
            answer.complete(Connections.LEAVING);
        }
    }

    @Override
    public void tick(long nanoTime) {
        if (nanoTime - deadline >= 0 && isFirst()) {
            try {
                // Before the client hears of it, who may look at the counter then.
                sockets.openingTimedOut(scope);
            } finally {
                answer.complete(LATE);
            }
        }
    }

    @Override
    public String path() {
        return scope.printablePath();
    }

    private boolean isFirst() {
        return answered.compareAndSet(false, true);
    }
}
