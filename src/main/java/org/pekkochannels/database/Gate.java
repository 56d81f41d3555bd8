package org.pekkochannels.database;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;

/** Counts what is under way in one database, and lets nothing in once it is closed. Thread-safe. */
final class Gate {
    private final CompletableFuture<Done> drained = new CompletableFuture<>();
    private int inside;
    private boolean closed;

    /** Lets one call in, unless the gate is closed. */
    synchronized boolean enter() {
        if (!closed) {
            inside++;
        }
        return !closed;
    }

    /** Lets in one more for somebody who is inside, also when the gate is closed. */
    synchronized void enterAgain() {
        inside++;
    }

    /** Notes that a call which had entered has ended. */
    void leave() {
        if (isDrainedAfterLeaving()) {
            drained.complete(Done.done());
        }
    }

    /** Closes the gate; the result completes when nothing is inside any more. */
    CompletableFuture<Done> close() {
        if (isDrainedAfterClosing()) {
            drained.complete(Done.done());
        }
        return drained;
    }

    /** How many calls are running or waiting. */
    synchronized int inside() {
        return inside;
    }

    private synchronized boolean isDrainedAfterLeaving() {
        inside--;
        return closed && inside == 0;
    }

    private synchronized boolean isDrainedAfterClosing() {
        closed = true;
        return inside == 0;
    }
}
