package org.pekkochannels.consumer;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.settings.Settings;

/**
 * A timer of one consumer. It is at once what the application cancels, the scheduler's task, and the message to the consumer's actor,
 * because an application may have a timer for each connection. Its mutable state is guarded by the lock of {@link ConsumerTimers}.
 */
final class ConsumerTimer implements Cancellable, Runnable, DeadLetterSuppression {
    private final ConsumerTimers timers;
    private final Callable<? extends CompletionStage<?>> body;
    private final int delayMillis;
    private final boolean repeated;
    private State state = State.NEW;
    /** The next active timer of the same consumer. */
    @Nullable
    ConsumerTimer next;
    // Null while it waits for its turn or runs.
    private @Nullable Cancellable scheduled;

    /** A timer's life. */
    enum State {
        NEW,
        ACTIVE,
        /** It has run, and will not run again. */
        OVER,
        CANCELLED
    }

    ConsumerTimer(
            ConsumerTimers timers, int delayMillis, boolean repeated, Callable<? extends CompletionStage<?>> body) {
        this.timers = timers;
        this.delayMillis = delayMillis;
        this.repeated = repeated;
        this.body = body;
    }

    /** The name of its callback. */
    String name() {
        return (repeated ? "every(" : "after(") + Settings.written(Duration.ofMillis(delayMillis)) + ")";
    }

    boolean isRepeated() {
        return repeated;
    }

    /** The time from the end of a run to the next one. */
    int delayMillis() {
        return delayMillis;
    }

    Callable<? extends CompletionStage<?>> body() {
        return body;
    }

    boolean is(State expected) {
        return state == expected;
    }

    void become(State next) {
        state = next;
        if (next != State.ACTIVE && scheduled != null) {
            scheduled.cancel();
        }
        scheduled = null;
    }

    void scheduled(@Nullable Cancellable task) {
        scheduled = task;
    }

    /** On the scheduler's thread. */
    @Override
    public void run() {
        timers.due(this);
    }

    @Override
    public boolean cancel() {
        return timers.cancel(this);
    }

    @Override
    public boolean isCancelled() {
        return timers.isCancelled(this);
    }
}
