package org.pekkochannels.consumer;

import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * What one asynchronous consumer sends after commits, from the call until it has left or is discarded: bounded in bytes, as what
 * a blocking consumer's callback keeps. Thread-safe; used on database threads.
 */
final class Uncommitted {
    private final ConsumerContext context;
    private final AtomicLong kept = new AtomicLong();

    Uncommitted(ConsumerContext context) {
        this.context = context;
    }

    /**
     * Sends something if the handle's transaction commits.
     *
     * @param bytes how many it holds, about
     * @param send what sends it, on the database thread; it runs its argument when it has left
     * @throws TooMuchOutputException when too much is kept already
     */
    void send(Handle handle, int bytes, java.util.function.Consumer<Runnable> send) {
        AfterCommit.requireTransaction(handle);
        Runnable free = keep(Effects.Effect.OVERHEAD + (long) bytes);
        context.membership().afterCommit().defer(handle, () -> send.accept(free), free);
    }

    private Runnable keep(long cost) {
        int maxBytes = context.outlet().maxBytes();
        long before = kept.getAndAdd(cost);
        if (before > SyncRunner.MOST_TURNS * maxBytes) {
            kept.addAndGet(-cost);
            context.counts().outputRefused();
            throw TooMuchOutputException.inTransactions(context.consumerName(), before, maxBytes);
        }
        return () -> kept.addAndGet(-cost);
    }
}
