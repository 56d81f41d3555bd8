package org.pekkochannels.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that no thread is free for: cleanups first, else the oldest. Confined to the lock of its {@link Admission}.
 */
final class WaitingCalls {
    private final Queue<Waiting> calls = new ArrayDeque<>();
    private final Queue<Waiting> cleanups = new ArrayDeque<>();

    /** Since when which call waits. */
    record Waiting(Call<?> call, long sinceNanos) {
        long nanos() {
            return System.nanoTime() - sinceNanos;
        }

        boolean isLongerThan(long nanos) {
            return !call.isCleanup() && nanos() >= nanos;
        }
    }

    void add(Call<?> call) {
        (call.isCleanup() ? cleanups : calls).add(new Waiting(call, System.nanoTime()));
    }

    /** How many wait that are no cleanup, which alone are bounded. */
    int bounded() {
        return calls.size();
    }

    int size() {
        return calls.size() + cleanups.size();
    }

    @Nullable
    Waiting next() {
        return cleanups.isEmpty() ? calls.poll() : cleanups.poll();
    }

    /** The one that will be the first to have waited too long. */
    @Nullable
    Waiting oldest() {
        return calls.peek();
    }

    /** Takes out the oldest if it has waited that long. */
    @Nullable
    Waiting takeLongerThan(long nanos) {
        Waiting oldest = calls.peek();
        return oldest != null && oldest.isLongerThan(nanos) ? calls.poll() : null;
    }

    /** Takes out all of that kind. */
    List<Call<?>> take(Predicate<Call<?>> kind) {
        List<Call<?>> taken = new ArrayList<>();
        for (Queue<Waiting> queue : List.of(calls, cleanups)) {
            queue.removeIf(waiting -> kind.test(waiting.call()) && taken.add(waiting.call()));
        }
        return taken;
    }
}
