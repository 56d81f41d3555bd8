package org.pekkochannels.concurrent;

import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A queue for where mostly nothing waits, or one thing alone: that needs no array, and what a burst needed is given back
 * after it.
 *
 * <p>Every connection has several, and rests most of the time. Takes no null; not thread-safe.
 *
 * @param <E> what waits
 */
public final class Backlog<E> extends AbstractQueue<E> {
    private @Nullable E first;
    // Never empty.
    private @Nullable ArrayDeque<E> others;

    /** Nothing waits. */
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
     * What came last.
     *
     * @return it, still waiting; null if nothing waits
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

    /** In their order; it removes nothing. */
    @Override
    public Iterator<E> iterator() {
        Stream<E> behind = others == null ? Stream.empty() : others.stream();
        return Stream.concat(Stream.ofNullable(first), behind).iterator();
    }
}
