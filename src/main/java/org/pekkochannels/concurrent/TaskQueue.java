package org.pekkochannels.concurrent;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that any thread adds and one owner runs, in FIFO order, until the owner closes the queue.
 *
 * <p>Adding never blocks: it costs one node and one compare-and-set. The owner takes all waiting tasks with one exchange. An empty queue is
 * only three fields, because most connections are idle. {@link #add} and {@link #wake} are thread-safe; the other methods are for the owner.
 */
public final class TaskQueue {
    /** Runs the tasks, and must be woken when it had finished. */
    public interface Owner {
        /** Has the owner {@link TaskQueue#take} the tasks, soon. Called on the thread that adds a task. */
        void wake();
    }

    private static final AtomicReferenceFieldUpdater<TaskQueue, Node> NEWEST =
            AtomicReferenceFieldUpdater.newUpdater(TaskQueue.class, Node.class, "newest");
    // No task waits, and the owner has not finished.
    private static final Node OWNER_COMES = new Node(() -> {});
    private static final Node END = new Node(() -> {});

    // Tasks that were added and not taken yet, each linked to the previous one; null when the owner has finished.
    private volatile @Nullable Node newest;
    // Tasks that were taken and not run yet, each linked to the next one.
    private @Nullable Node oldest;
    // Tasks wait, and the owner could not be woken: the next caller wakes it.
    private volatile boolean unwoken;

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
     * Adds a task, and wakes the owner if it had finished. May be called on any thread.
     *
     * <p>If waking fails, because the stack of the calling thread is used up for example, the task waits until the next call wakes the
     * owner; the failure is thrown.
     *
     * @param task the task
     * @param owner the owner of this queue
     * @return false if the task was not added, because the queue is closed
     */
    public boolean add(Runnable task, Owner owner) {
        Node node = new Node(task);
        Node before;
        do {
            before = newest;
            if (before == END) {
                return false;
            }
            node.next = before;
        } while (!NEWEST.compareAndSet(this, before, node));
        if (before == null || unwoken) {
            wake(owner);
        }
        return true;
    }

    /**
     * Wakes the owner. May be called on any thread; fails like {@link Owner#wake}, and is made up for by the next call.
     *
     * @param owner the owner of this queue
     */
    public void wake(Owner owner) {
        try {
            owner.wake();
            if (unwoken) {
                unwoken = false;
            }
        } catch (Throwable e) {
            unwoken = true;
            throw e;
        }
    }

    /** Takes the waiting tasks, for {@link #poll}, unless tasks taken earlier are left. */
    public void take() {
        if (oldest == null) {
            oldest = inOrder(NEWEST.getAndSet(this, OWNER_COMES));
        }
    }

    /**
     * The next of the taken tasks.
     *
     * @return the task, or null if none is left
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
     * Lets the next added task wake the owner again, if no task waits.
     *
     * @return false if tasks wait, so that the owner must continue
     */
    public boolean finish() {
        return oldest == null && NEWEST.compareAndSet(this, OWNER_COMES, null);
    }

    /** Rejects tasks from now on, and takes all waiting tasks, for {@link #poll}. */
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

    /** Reverses the links. */
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
