package org.pekkochannels.database;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls between two attempts. They occupy no thread and are in no queue: each returns by a separate timer, unless it is removed before.
 * Thread-safe; foreign code never runs with the lock held.
 */
final class PausedCalls {
    private final Timers timers;
    private final Set<Call<?>> calls = new HashSet<>();

    PausedCalls(Timers timers) {
        this.timers = timers;
    }

    /** Keeps a call for this pause, but not past its deadline, and then passes it to {@code back}. */
    void add(Call<?> call, Duration pause, Consumer<Call<?>> back) {
        keep(call);
        Runnable wake = () -> wake(call, back);
        if (timers.after(shorter(pause, call.deadline()), wake).isEmpty()) {
            wake.run();
        }
    }

    /** Removes a call; false if it is not pausing. */
    synchronized boolean remove(Call<?> call) {
        return calls.remove(call);
    }

    /** Removes all calls that entered {@code gate}. */
    synchronized List<Call<?>> take(Gate gate) {
        List<Call<?>> taken = calls.stream().filter(call -> call.entered(gate)).toList();
        taken.forEach(calls::remove);
        return taken;
    }

    synchronized int size() {
        return calls.size();
    }

    private synchronized void keep(Call<?> call) {
        calls.add(call);
    }

    // A call that was removed has another owner, or has ended.
    private void wake(Call<?> call, Consumer<Call<?>> back) {
        if (remove(call)) {
            back.accept(call);
        }
    }

    private static Duration shorter(Duration pause, @Nullable Deadline deadline) {
        return deadline == null || deadline.remaining().compareTo(pause) > 0 ? pause : deadline.remaining();
    }
}
