package org.pekkochannels.database;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;

/** Counts the pending calls of one database, and admits none after it is closed. Thread-safe. */
final class Gate {
    private final CompletableFuture<Done> drained = new CompletableFuture<>();
    private int inside;
    private boolean closed;

    /** Admits one call, unless the gate is closed. */
    synchronized boolean enter() {
        if (!closed) {
            inside++;
        }
        return !closed;
    }

    /** Admits another call of work that is inside, even if the gate is closed. */
    synchronized void enterAgain() {
        inside++;
    }

    /** A call that had entered has ended. */
    void leave() {
        if (isDrainedAfterLeaving()) {
            drained.complete(Done.done());
        }
    }

    /** Closes the gate; the result completes when no call is inside. */
    CompletableFuture<Done> close() {
        if (isDrainedAfterClosing()) {
            drained.complete(Done.done());
        }
        return drained;
    }

    /** The number of running and waiting calls. */
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
