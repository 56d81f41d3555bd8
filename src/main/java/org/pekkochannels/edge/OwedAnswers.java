package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;

/**
 * How many connections are owed an answer, so that a server which stops can wait for the last one: from their first request
 * until they have ended, or have become a WebSocket. Thread-safe.
 */
final class OwedAnswers {
    private final AtomicInteger owed = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final CompletableFuture<Done> last = new CompletableFuture<>();
    private volatile boolean awaited;

    /** What a new connection owes: nothing yet. */
    Debt none() {
        return new Debt();
    }

    /** How many connections have not been given their last answer. */
    int unanswered() {
        return unanswered.get();
    }

    /** A stage that completes when none is owed, now or later. */
    CompletionStage<Done> last() {
        awaited = true;
        completeIfLast();
        return last;
    }

    private void completeIfLast() {
        if (awaited && owed.get() == 0) {
            last.complete(Done.getInstance());
        }
    }

    /** What one connection owes; goes with it from one user of its bytes to the next, confined to its thread. */
    final class Debt {
        private State state = State.NONE;

        private enum State {
            NONE,
            OWED,
            /** The last answer was written, but may not have reached the client. */
            ANSWERED
        }

        private Debt() {}

        /** A request has come. */
        void owe() {
            if (state == State.NONE) {
                state = State.OWED;
                owed.incrementAndGet();
                unanswered.incrementAndGet();
            }
        }

        /** The last answer is written. */
        void answered() {
            if (state == State.OWED) {
                state = State.ANSWERED;
                unanswered.decrementAndGet();
            }
        }

        /** The connection has ended, or is a WebSocket. */
        void settle() {
            answered();
            if (state == State.ANSWERED) {
                state = State.NONE;
                owed.decrementAndGet();
                completeIfLast();
            }
        }
    }
}
