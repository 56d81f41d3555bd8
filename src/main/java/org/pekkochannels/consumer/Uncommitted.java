package org.pekkochannels.consumer;

import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * Messages of one asynchronous consumer that wait for a commit, from the call until they leave or are discarded. Bounded in bytes, like the
 * output of a blocking consumer's callback. Thread-safe; used on database threads.
 */
final class Uncommitted {
    private final ConsumerContext context;
    private final AtomicLong kept = new AtomicLong();

    Uncommitted(ConsumerContext context) {
        this.context = context;
    }

    /**
     * Sends a message if the handle's transaction commits.
     *
     * @param bytes the approximate number of bytes it holds
     * @param send sends it, on the database thread, and runs its argument when it has left
     * @throws TooMuchOutputException if too much is kept already
     */
    void send(Handle handle, int bytes, java.util.function.Consumer<Runnable> send) {
        AfterCommit.requireTransaction(handle);
        Runnable free = keep(Effects.Effect.OVERHEAD + (long) bytes);
        context.membership().afterCommit().defer(handle, () -> send.accept(free), free);
    }

    /**
     * Sends an event if the handle's transaction commits.
     *
     * @throws TooMuchOutputException if too much is kept already
     */
    void send(Handle handle, Effects.GroupSend send) {
        AfterCommit.requireTransaction(handle);
        Runnable free = keep(Effects.Effect.OVERHEAD + (long) send.bytes());
        context.membership().afterCommit().defer(handle, send, free);
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
