package org.pekkochannels.concurrent;

import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is empty or has one element most of the time. One element needs no array, and the array of a burst is released after it.
 *
 * <p>Every connection has several such queues and is idle most of the time. Does not accept null. Not thread-safe.
 *
 * @param <E> the type of the elements
 */
public final class Backlog<E> extends AbstractQueue<E> {
    private @Nullable E first;
    // Never empty.
    private @Nullable ArrayDeque<E> others;

    /** Creates an empty queue. */
    public Backlog() {}

    @Override
    public boolean offer(E element) {
        if (first == null) {
            first = element;
            return true;
        }
        if (others == null) {
            others = new ArrayDeque<>();
        }
        return others.offer(element);
    }

    @Override
    public @Nullable E poll() {
        E taken = first;
        first = others == null ? null : others.poll();
        if (others != null && others.isEmpty()) {
            others = null;
        }
        return taken;
    }

    @Override
    public @Nullable E peek() {
        return first;
    }

    /**
     * The element that was added last.
     *
     * @return the element, which stays in the queue; null if the queue is empty
     */
    public @Nullable E peekLast() {
        return others == null ? first : others.peekLast();
    }

    @Override
    public boolean isEmpty() {
        return first == null;
    }

    @Override
    public int size() {
        int behind = others == null ? 0 : others.size();
        return isEmpty() ? 0 : 1 + behind;
    }

    /** Iterates in queue order; does not support removal. */
    @Override
    public Iterator<E> iterator() {
        Stream<E> behind = others == null ? Stream.empty() : others.stream();
        return Stream.concat(Stream.ofNullable(first), behind).iterator();
    }
}
