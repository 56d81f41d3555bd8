package org.pekkochannels.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;

/**
 * How many connections are owed an answer, so that a server which stops can wait for the last one: from their first request
 * until they have ended, or have become a WebSocket. Thread-safe.
 */
final class Answers {
    private final AtomicInteger owed = new AtomicInteger();
    private final CompletableFuture<Done> last = new CompletableFuture<>();
    private volatile boolean awaited;

    void owe() {
        owed.incrementAndGet();
    }

    /** For each {@link #owe} once. */
    void settle() {
        owed.decrementAndGet();
        completeIfLast();
    }

    int owed() {
        return owed.get();
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
}
