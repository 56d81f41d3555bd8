package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.WebSockets;

/**
 * One upgrade request that waits for the application, at most for {@code channels.websocket.handshake-timeout}. After that, and when the
 * server shuts down, the answer is 503. Thread-safe.
 */
final class PendingOpening implements WebSocketSlots.Occupant {
    private static final Refusal LATE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.HANDSHAKE_TIMEOUT);

    private final Scope scope;
    private final WebSockets sockets;
    private final long deadline;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    PendingOpening(Scope scope, WebSockets sockets) {
        this.scope = scope;
        this.sockets = sockets;
        // The server's timeout: the endpoint, which may have its own, is known only with the answer.
        deadline = sockets.deadlineIn(sockets.settings().handshakeTimeout());
    }

    /**
     * The result of an application's stage.
     *
     * @param value an Opening, or anything else, because generics are not checked at run time
     * @param failure the stage's failure
     */
    record Answer(@Nullable Object value, @Nullable Throwable failure) {
        /** No connection follows. */
        void endLease() {
            if (value instanceof Opening.Proceed proceed) {
                proceed.lease().ifPresent(Lease::ended);
            }
        }
    }

    /**
     * The first answer, from the application or from here. The stage does not fail, because a future wraps failures and calls their
     * toString(), which may throw.
     */
    CompletableFuture<Answer> answer() {
        return answer;
    }

    /** The application has answered, on its own thread, whose stack may be nearly exhausted. */
    void answered(@Nullable Object value, @Nullable Throwable failure) {
        StackRoom.require();
        complete(new Answer(value, failure));
    }

    private void complete(Answer first) {
        if (isFirst()) {
            answer.complete(first);
        } else {
            first.endLease();
        }
    }

    @Override
    public boolean hasSocket() {
        return false;
    }

    @Override
    public void goAway(CloseReason reason) {
        abort();
    }

    @Override
    public void abort() {
        complete(new Answer(WebSocketSlots.LEAVING, null));
    }

    @Override
    public void tick(long nanoTime) {
        if (nanoTime - deadline >= 0 && isFirst()) {
            try {
                // Before the client receives the answer, because it may read the counter then.
                sockets.openingTimedOut(scope);
            } finally {
                answer.complete(new Answer(LATE, null));
            }
        }
    }

    @Override
    public String path() {
        return scope.printablePath();
    }

    /** Decides between the application, the clock and the shutdown, which run on different threads. */
    private boolean isFirst() {
        return answered.compareAndSet(false, true);
    }
}
