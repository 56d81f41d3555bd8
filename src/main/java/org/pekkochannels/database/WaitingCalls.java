package org.pekkochannels.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;

/**
 * The calls that no thread runs. Some wait for a free thread: cleanups first, otherwise the oldest first. Others pause between two attempts:
 * they are in no queue, and a timer adds them again. Confined to the lock of its {@link Admission}.
 */
final class WaitingCalls {
    private final Ticker ticker;
    private final Queue<Waiting> calls = new ArrayDeque<>();
    private final Queue<Waiting> cleanups = new ArrayDeque<>();
    private final Set<Call<?>> paused = new HashSet<>();

    /** No calls yet, whose times the ticker measures. */
    WaitingCalls(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A waiting call, and the time since when it waits. */
    record Waiting(Call<?> call, long sinceNanos, Ticker ticker) {
        long nanos() {
            return ticker.read() - sinceNanos;
        }

        boolean isLongerThan(long nanos) {
            return !call.isCleanup() && nanos() >= nanos;
        }
    }

    void add(Call<?> call) {
        (call.isCleanup() ? cleanups : calls).add(new Waiting(call, ticker.read(), ticker));
    }

    void addPaused(Call<?> call) {
        paused.add(call);
    }

    /** Ends a pause; false if the call no longer pauses. */
    boolean removePaused(Call<?> call) {
        return paused.remove(call);
    }

    /** The number of waiting calls except cleanups, which are not bounded. */
    int bounded() {
        return calls.size() + paused.size();
    }

    int size() {
        return bounded() + cleanups.size();
    }

    @Nullable
    Waiting next() {
        return cleanups.isEmpty() ? calls.poll() : cleanups.poll();
    }

    /** The call whose maximum wait ends first. */
    @Nullable
    Waiting oldest() {
        return calls.peek();
    }

    /** Removes the oldest call if it has waited that long. */
    @Nullable
    Waiting takeLongerThan(long nanos) {
        Waiting oldest = calls.peek();
        return oldest != null && oldest.isLongerThan(nanos) ? calls.poll() : null;
    }

    /** Removes all calls of a kind. */
    List<Call<?>> take(Predicate<Call<?>> kind) {
        List<Call<?>> taken = new ArrayList<>();
        paused.removeIf(call -> kind.test(call) && taken.add(call));
        for (Queue<Waiting> queue : List.of(calls, cleanups)) {
            queue.removeIf(waiting -> kind.test(waiting.call()) && taken.add(waiting.call()));
        }
        return taken;
    }
}
