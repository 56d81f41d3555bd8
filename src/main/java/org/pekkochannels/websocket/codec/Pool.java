package org.pekkochannels.websocket.codec;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resources with native memory, kept for reuse: as many as are in use at once, and a bounded number of idle ones.
 *
 * <p>Thread-safe; no method waits.
 */
public final class Pool<T extends Lendable> {
    private final ArrayBlockingQueue<T> resting;
    private final Supplier<T> made;
    private volatile boolean closed;

    public Pool(int most, Supplier<T> made) {
        this.resting = new ArrayBlockingQueue<>(most);
        this.made = made;
    }

    public T borrow() {
        T rested = resting.poll();
        return rested == null ? made.get() : rested;
    }

    public void giveBack(T lent) {
        lent.rest();
        if (!resting.offer(lent)) {
            lent.close();
        }
        if (closed) {
            close();
        }
    }

    public int resting() {
        return resting.size();
    }

    /** Closes idle resources, and from now on those that are returned. */
    public void close() {
        closed = true;
        for (@Nullable T rested = resting.poll(); rested != null; rested = resting.poll()) {
            rested.close();
        }
    }
}
