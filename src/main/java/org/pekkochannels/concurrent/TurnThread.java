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
 * A thread, and the turn that it is in, if it is in one.
 *
 * <p>Whoever may not run inside a turn asks here, and whoever watches turns looks here from outside. A turn writes twice,
 * and without a fence: the mailbox around it has fences enough. Entered and left by the thread itself, read by any.
 */
public final class TurnThread {
    private static final ThreadLocal<@Nullable TurnThread> OWN = new ThreadLocal<>();
    // Weak: each lives as long as its thread.
    private static final Set<TurnThread> ALL =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private final Thread thread = Thread.currentThread();
    private final AtomicLong number = new AtomicLong();
    private final AtomicReference<@Nullable RunningTurn> turn = new AtomicReference<>();

    private TurnThread() {}

    /**
     * The caller's own thread.
     *
     * @return always the same
     */
    public static TurnThread own() {
        TurnThread own = OWN.get();
        return own == null ? register() : own;
    }

    /**
     * The turn that the caller runs in.
     *
     * @return the innermost turn, or nothing where the caller may block
     */
    public static Optional<RunningTurn> current() {
        TurnThread own = OWN.get();
        return own == null ? Optional.empty() : own.turn();
    }

    /**
     * All threads that have run turns and live.
     *
     * @return a copy
     */
    public static List<TurnThread> all() {
        synchronized (ALL) {
            return List.copyOf(ALL);
        }
    }

    /**
     * Begins a turn on this, the caller's own thread.
     *
     * @param next the turn
     * @return what to give back to {@link #leave}: the turn that this one is nested in, if it is
     */
    public @Nullable RunningTurn enter(RunningTurn next) {
        RunningTurn outer = turn.getPlain();
        number.setRelease(number.getPlain() + 1);
        turn.setRelease(next);
        return outer;
    }

    /**
     * Ends a turn on this, the caller's own thread.
     *
     * @param outer what {@link #enter} gave
     */
    public void leave(@Nullable RunningTurn outer) {
        turn.setRelease(outer);
    }

    /**
     * Whether the caller runs on this thread.
     *
     * @return for that thread alone, true
     */
    public boolean isOwn() {
        return thread == Thread.currentThread();
    }

    /**
     * The thread itself.
     *
     * @return the thread
     */
    public Thread thread() {
        return thread;
    }

    /**
     * The turn that the thread is in.
     *
     * @return the innermost turn, or nothing
     */
    public Optional<RunningTurn> turn() {
        return Optional.ofNullable(turn.getAcquire());
    }

    /**
     * How many turns the thread has begun, which tells one from the next of the same actor.
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
