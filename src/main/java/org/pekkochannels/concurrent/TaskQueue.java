package org.pekkochannels.concurrent;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that any thread adds and one owner runs, first in, first out, until the owner closes the queue.
 *
 * <p>Adding never blocks: it costs one node and one compare-and-set. The owner takes everything that waits with one exchange.
 * A queue in which nothing waits is two fields, as most connections are idle. {@link #add} is thread-safe; the other methods
 * belong to the owner.
 */
public final class TaskQueue {
    /** What became of an added task. */
    public enum Added {
        /** It waits, and the owner must be woken: the owner had finished. */
        WAKE_OWNER,
        /** It waits, and the owner comes anyway. */
        WAITS,
        /** It was not added: the queue is closed. */
        CLOSED
    }

    private static final AtomicReferenceFieldUpdater<TaskQueue, Node> NEWEST =
            AtomicReferenceFieldUpdater.newUpdater(TaskQueue.class, Node.class, "newest");
    // Nothing waits, and the owner has not finished.
    private static final Node OWNER_COMES = new Node(() -> {});
    private static final Node END = new Node(() -> {});

    // What was added and not taken yet, each linked to the one before; null when the owner has finished.
    private volatile @Nullable Node newest;
    // What was taken and not run yet, each linked to the one after.
    private @Nullable Node oldest;

    /** An empty queue, whose owner must be woken by the first task. */
    public TaskQueue() {}

    private static final class Node {
        private final Runnable task;
        private @Nullable Node next;

        Node(Runnable task) {
            this.task = task;
        }
    }

    /**
     * Adds a task; any thread.
     *
     * @param task the task
     * @return whether it waits, and whether the caller must wake the owner
     */
    public Added add(Runnable task) {
        Node node = new Node(task);
        Node before;
        do {
            before = newest;
            if (before == END) {
                return Added.CLOSED;
            }
            node.next = before;
        } while (!NEWEST.compareAndSet(this, before, node));
        return before == null ? Added.WAKE_OWNER : Added.WAITS;
    }

    /** Takes what waits, for {@link #poll}, unless some that was taken before is left. */
    public void take() {
        if (oldest == null) {
            oldest = inOrder(NEWEST.getAndSet(this, OWNER_COMES));
        }
    }

    /**
     * The next task of those that were taken.
     *
     * @return the task, or null when there is none
     */
    public @Nullable Runnable poll() {
        Node node = oldest;
        if (node == null) {
            return null;
        }
        oldest = node.next;
        return node.task;
    }

    /**
     * Lets the next task wake the owner again, if nothing waits.
     *
     * @return false if tasks wait, for which the owner must come again
     */
    public boolean finish() {
        return oldest == null && NEWEST.compareAndSet(this, OWNER_COMES, null);
    }

    /** Adds nothing any more, and takes all that waits, for {@link #poll}. */
    public void close() {
        Node rest = inOrder(NEWEST.getAndSet(this, END));
        if (oldest == null) {
            oldest = rest;
        } else {
            last(oldest).next = rest;
        }
    }

    private static Node last(Node of) {
        Node last = of;
        for (Node next = last.next; next != null; next = last.next) {
            last = next;
        }
        return last;
    }

    /** Turns the links round. */
    private static @Nullable Node inOrder(@Nullable Node newest) {
        Node after = null;
        Node node = newest;
        while (node != null && node != OWNER_COMES && node != END) {
            Node before = node.next;
            node.next = after;
            after = node;
            node = before;
        }
        return after;
    }
}
