package org.pekkochannels.database;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The calls for which no thread is free: cleanups first, otherwise the oldest first. Confined to the lock of its {@link Admission}. */
final class WaitingCalls {
    private final Queue<Waiting> calls = new ArrayDeque<>();
    private final Queue<Waiting> cleanups = new ArrayDeque<>();

    /** A waiting call, and the time since when it waits. */
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

    /** The number of waiting calls except cleanups, which are not bounded. */
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
        for (Queue<Waiting> queue : List.of(calls, cleanups)) {
            queue.removeIf(waiting -> kind.test(waiting.call()) && taken.add(waiting.call()));
        }
        return taken;
    }
}
