package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;

/**
 * Counts the connections to which an answer is owed, so that a stopping server can wait for the last one: from their first request until
 * they have ended or become a WebSocket. Thread-safe.
 */
final class OwedAnswers {
    private final AtomicInteger owed = new AtomicInteger();
    // Those among them whose last answer was not written yet: if the grace ends, these count as cut off.
    private final AtomicInteger unanswered = new AtomicInteger();
    private final CompletableFuture<Done> last = new CompletableFuture<>();
    private volatile boolean awaited;

    /** The debt of a new connection, which owes nothing yet. */
    Debt none() {
        return new Debt();
    }

    /** The number of connections that have not received their last answer. */
    int unanswered() {
        return unanswered.get();
    }

    /** A stage that completes when no answer is owed, now or later. */
    CompletionStage<Done> last() {
        // First: a connection that settles meanwhile either has been counted out here already, or sees the flag.
        awaited = true;
        completeIfLast();
        return last;
    }

    private void completeIfLast() {
        if (awaited && owed.get() == 0) {
            last.complete(Done.getInstance());
        }
    }

    /** The debt of one connection. Passed from one user of its bytes to the next; confined to its thread. */
    final class Debt {
        private State state = State.NONE;

        private enum State {
            NONE,
            OWED,
            /** The last answer was written, but may not have reached the client. */
            ANSWERED
        }

        private Debt() {}

        /** A request has arrived. */
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

        /** The connection has ended, or is a WebSocket. Passes through ANSWERED, so both counters are reduced once. */
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
