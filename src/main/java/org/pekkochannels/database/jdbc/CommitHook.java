package org.pekkochannels.database.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * Tasks that run right after the commit of a handle's transaction, before the callbacks of {@code Handle.afterCommit}.
 *
 * <p>JDBI runs the callbacks of a transaction in order and stops at the first that throws. The tasks of this class must not depend on
 * callbacks of other code. With a {@code Jdbi} of the application, they are ordinary JDBI callbacks, in order with the others. Confined to
 * the handle's thread.
 */
public final class CommitHook {
    // The tasks of each handle that has had any, until the handle is closed.
    private static final Map<Handle, List<Runnable>> TASKS = new ConcurrentHashMap<>();

    private CommitHook() {}

    /**
     * Runs a task once, if the handle's transaction commits.
     *
     * @param handle the handle
     * @param task must not throw
     * @throws IllegalStateException if the handle has no transaction
     */
    public static void run(Handle handle, Runnable task) {
        Once once = new Once(handle, task);
        handle.afterCommit(once);
        TASKS.computeIfAbsent(handle, CommitHook::listOf).add(once);
    }

    /** Runs the tasks of a transaction that has committed, in the order in which they were added. */
    public static void committed(Handle handle) {
        List<Runnable> tasks = TASKS.get(handle);
        if (tasks != null) {
            List<Runnable> due = List.copyOf(tasks);
            tasks.clear();
            due.forEach(Runnable::run);
        }
    }

    /** Discards the tasks of a transaction that has ended. */
    public static void forget(Handle handle) {
        List<Runnable> tasks = TASKS.get(handle);
        if (tasks != null) {
            tasks.clear();
        }
    }

    private static List<Runnable> listOf(Handle handle) {
        handle.addCleanable(() -> TASKS.remove(handle));
        return new ArrayList<>(1);
    }

    /** A task that JDBI runs as well. */
    private static final class Once implements Runnable {
        private final Handle handle;
        private final Runnable task;
        private boolean done;

        Once(Handle handle, Runnable task) {
            this.handle = handle;
            this.task = task;
        }

        @Override
        public void run() {
            if (!done) {
                done = true;
                // All tasks of the transaction run now, either here or by JDBI.
                forget(handle);
                task.run();
            }
        }
    }
}
