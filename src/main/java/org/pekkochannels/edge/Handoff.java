package org.pekkochannels.edge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What one thread gives to another, in its order. The other is called once for all that waits when it comes: a call costs a
 * thread's hand-off, and mostly a system call.
 */
final class Handoff<T> {
    private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();

    /** Adds something; returns whether the other thread is to be called. */
    boolean add(T given) {
        waiting.add(given);
        return !called.get() && called.compareAndSet(false, true);
    }

    /** On the other thread, when it was called: takes all. */
    void drain(Consumer<? super T> taker) {
        // First, so that what is added from now on calls again.
        called.set(false);
        for (T given = waiting.poll(); given != null; given = waiting.poll()) {
            taker.accept(given);
        }
    }
}
