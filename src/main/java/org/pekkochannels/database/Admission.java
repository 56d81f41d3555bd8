package org.pekkochannels.database;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.WaitingCalls.Waiting;

/**
 * Stands in front of the database threads: counts who is busy, keeps who waits, and refuses what is over a bound.
 *
 * <p>A call is handed to the dispatcher only when a thread is free for it, so work that waits can still be taken out,
 * and the dispatcher's own queue stays empty. All calls may wait equally long, so the oldest expires first and one timer
 * is enough. Thread-safe; the lock is never held while foreign code runs.
 */
final class Admission {
    private enum Verdict {
        NOW,
        LATER,
        NEVER,
        TOO_LATE,
        CANCELLED
    }

    private final DispatcherSettings settings;
    private final Executor dispatcher;
    private final ActorSystem system;
    private final Unserved unserved = new Unserved();
    private final WaitingCalls waiting = new WaitingCalls();
    private final long maxWaitNanos;
    private int busy;
    private boolean timerArmed;

    Admission(DispatcherSettings settings, Executor dispatcher, ActorSystem system) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.system = system;
        this.maxWaitNanos = settings.maxWait().toNanos();
    }

    /** Starts the call, lets it wait, or fails it; never throws. */
    void submit(Call<?> call) {
        switch (verdict(call)) {
            case NOW -> start(call);
            case LATER -> await(call);
            case NEVER -> call.fail(overload());
            case TOO_LATE -> refuseLate(call);
            case CANCELLED -> drop(call);
        }
    }

    /** Takes a call out that waits, or cuts it off if it runs; one that has ended is left as it is. Never blocks. */
    void cancel(Call<?> call, Cancellation cancellation) {
        if (cancellation.request()) {
            if (remove(call)) {
                call.stopAlarm();
                drop(call);
            } else {
                cancellation.strike();
            }
        }
    }

    /** Fails every waiting call that entered {@code gate}; running ones go on. */
    void withdraw(Gate gate) {
        takeAll(gate).forEach(call -> call.fail(new DatabaseClosedException()));
    }

    synchronized Load load() {
        return new Load(settings.threads(), busy, waiting.size());
    }

    Unserved unserved() {
        return unserved;
    }

    private Verdict verdict(Call<?> call) {
        if (call.isCancelled()) {
            return Verdict.CANCELLED;
        }
        return isLate(call) ? Verdict.TOO_LATE : admit(call);
    }

    private synchronized Verdict admit(Call<?> call) {
        if (busy < settings.threads()) {
            busy++;
            return Verdict.NOW;
        }
        if (!call.isCleanup() && waiting.bounded() >= settings.maxWaiting()) {
            unserved.overloaded.incrementAndGet();
            return Verdict.NEVER;
        }
        waiting.add(call);
        armTimer();
        return Verdict.LATER;
    }

    // What it was when the call was refused; by now a thread may be free again.
    private DatabaseOverloadedException overload() {
        return new DatabaseOverloadedException(
                settings, new Load(settings.threads(), settings.threads(), settings.maxWaiting()));
    }

    private void start(Call<?> call) {
        try {
            dispatcher.execute(() -> work(call));
        } catch (RejectedExecutionException stopped) {
            refuse(call);
        } catch (OutOfMemoryError noThread) {
            // What waits is for the threads that are busy.
            freeThread();
            call.fail(noThread);
        }
    }

    private synchronized void freeThread() {
        busy--;
    }

    private void work(Call<?> first) {
        for (Call<?> call = first; call != null; ) {
            call.run();
            // The thread counts as free before its result is seen: who has the result may rely on the numbers.
            Call<?> next = next();
            settle(call);
            call = next;
        }
    }

    private void settle(Call<?> call) {
        if (call.wasCancelled()) {
            unserved.cancelled.incrementAndGet();
        }
        long pause = call.retryMillis();
        if (pause == MessageWork.NEVER || !submitAfter(pause, call)) {
            call.deliver();
        }
    }

    private boolean submitAfter(long millis, Call<?> call) {
        try {
            system.scheduler().scheduleOnce(Duration.ofMillis(millis), () -> submit(call), system.dispatcher());
            return true;
        } catch (IllegalStateException stopped) {
            // The actor system is gone, and with it its scheduler.
            return false;
        }
    }

    private void refuse(Call<?> first) {
        for (Call<?> call = first; call != null; call = next()) {
            call.fail(new DatabaseClosedException());
        }
    }

    private @Nullable Call<?> next() {
        Waiting next = takeOrFreeThread();
        while (next != null && !mayStart(next)) {
            next = takeOrFreeThread();
        }
        if (next == null) {
            return null;
        }
        next.call().stopAlarm();
        return next.call();
    }

    private boolean mayStart(Waiting next) {
        if (next.isLongerThan(maxWaitNanos)) {
            refuseExpired(next);
            return false;
        }
        if (isLate(next.call())) {
            refuseLate(next.call());
            return false;
        }
        return true;
    }

    private static boolean isLate(Call<?> call) {
        Deadline deadline = call.deadline();
        return deadline != null && deadline.isOver();
    }

    // Deadlines differ, so each that waits has a timer of its own: all threads may be stuck.
    private void await(Call<?> call) {
        watch(call);
        // What ended before it was in the queue has not found it there.
        if (call.isCancelled() && remove(call)) {
            call.stopAlarm();
            drop(call);
        }
    }

    private void watch(Call<?> call) {
        Deadline deadline = call.deadline();
        if (deadline == null || call.isCleanup()) {
            return;
        }
        try {
            Duration rest = deadline.remaining();
            call.alarm(system.scheduler()
                    .scheduleOnce(
                            rest.isNegative() ? Duration.ZERO : rest, () -> onDeadline(call), system.dispatcher()));
        } catch (IllegalStateException stopped) {
            // Running work still looks at the deadline of what it starts next.
        }
    }

    private void onDeadline(Call<?> call) {
        if (remove(call)) {
            refuseLate(call);
        }
    }

    private synchronized boolean remove(Call<?> call) {
        return !waiting.take(one -> one == call).isEmpty();
    }

    private void drop(Call<?> call) {
        countCancelled();
        call.fail(DatabaseCancelledException.beforeTheStart());
    }

    private void refuseLate(Call<?> call) {
        Deadline deadline = Objects.requireNonNull(call.deadline());
        countTimeout();
        call.fail(new DatabaseWaitTimeoutException(deadline.key(), load(), deadline.elapsed(), deadline.budget()));
    }

    /** Counts work that was refused elsewhere. */
    void countOverload() {
        unserved.overloaded.incrementAndGet();
    }

    /** Counts work that was dropped because it is of no use any more, here or elsewhere. */
    void countCancelled() {
        unserved.cancelled.incrementAndGet();
    }

    /** Counts work that waited too long, here or elsewhere. */
    void countTimeout() {
        unserved.timedOut.incrementAndGet();
    }

    private void refuseExpired(Waiting late) {
        countTimeout();
        late.call()
                .fail(new DatabaseWaitTimeoutException(
                        settings.section() + ".max-wait", load(), Duration.ofNanos(late.nanos()), settings.maxWait()));
    }

    private synchronized @Nullable Waiting takeOrFreeThread() {
        Waiting next = waiting.next();
        if (next == null) {
            busy--;
        }
        return next;
    }

    private synchronized @Nullable Waiting takeExpired() {
        return waiting.takeLongerThan(maxWaitNanos);
    }

    private void onTimer() {
        for (Waiting late = takeExpired(); late != null; late = takeExpired()) {
            refuseExpired(late);
        }
        rearmTimer();
    }

    private synchronized void rearmTimer() {
        timerArmed = false;
        armTimer();
    }

    private void armTimer() {
        Waiting oldest = waiting.oldest();
        if (oldest == null || timerArmed) {
            return;
        }
        try {
            Duration rest = Duration.ofNanos(Math.max(0, maxWaitNanos - oldest.nanos()));
            system.scheduler().scheduleOnce(rest, this::onTimer, system.dispatcher());
            timerArmed = true;
        } catch (IllegalStateException stopped) {
            // The actor system is gone and with it its scheduler; running work still starts what waits.
            timerArmed = false;
        }
    }

    private synchronized List<Call<?>> takeAll(Gate gate) {
        return waiting.take(call -> call.entered(gate));
    }
}
