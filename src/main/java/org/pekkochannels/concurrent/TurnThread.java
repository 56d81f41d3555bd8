package org.pekkochannels.concurrent;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A thread and the turn that it is in, if any.
 *
 * <p>Code that must not run inside a turn checks here, and watchdogs read it from other threads. A turn costs two writes without a fence;
 * the mailbox around it has fences enough. Entered and left by the thread itself, read by any thread.
 */
public final class TurnThread {
    private static final ThreadLocal<@Nullable TurnThread> OWN = new ThreadLocal<>();
    // Weak, so that an entry lives as long as its thread.
    private static final Set<TurnThread> ALL =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final Thread thread = Thread.currentThread();
    private final AtomicLong number = new AtomicLong();
    private final AtomicReference<@Nullable RunningTurn> turn = new AtomicReference<>();

    private TurnThread() {}

    /**
     * The entry of the calling thread.
     *
     * @return always the same object for a thread
     */
    public static TurnThread own() {
        TurnThread own = OWN.get();
        return own == null ? register() : own;
    }

    /**
     * The turn in which the caller runs.
     *
     * @return the innermost turn, or empty if the caller may block
     */
    public static Optional<RunningTurn> current() {
        TurnThread own = OWN.get();
        return own == null ? Optional.empty() : own.turn();
    }

    /**
     * All live threads that have run turns.
     *
     * @return a copy
     */
    public static List<TurnThread> all() {
        synchronized (ALL) {
            return List.copyOf(ALL);
        }
    }

    /**
     * Begins a turn on this thread, which must be the caller's.
     *
     * @param next the turn
     * @return the value to pass to {@link #leave}: the outer turn, or null
     */
    public @Nullable RunningTurn enter(RunningTurn next) {
        RunningTurn outer = turn.getPlain();
        number.setRelease(number.getPlain() + 1);
        turn.setRelease(next);
        return outer;
    }

    /**
     * Ends a turn on this thread, which must be the caller's.
     *
     * @param outer the result of {@link #enter}
     */
    public void leave(@Nullable RunningTurn outer) {
        turn.setRelease(outer);
    }

    /**
     * Whether the caller runs on this thread.
     *
     * @return true only on that thread
     */
    public boolean isOwn() {
        return thread == Thread.currentThread();
    }

    /**
     * The thread.
     *
     * @return the thread
     */
    public Thread thread() {
        return thread;
    }

    /**
     * The turn that the thread is in.
     *
     * @return the innermost turn, or empty
     */
    public Optional<RunningTurn> turn() {
        return Optional.ofNullable(turn.getAcquire());
    }

    /**
     * The number of turns that the thread has begun, which distinguishes successive turns of the same actor.
     *
     * @return the number of the last one
     */
    public long turnNumber() {
        return number.getAcquire();
    }

    private static TurnThread register() {
        TurnThread own = new TurnThread();
        OWN.set(own);
        ALL.add(own);
        return own;
    }
}
