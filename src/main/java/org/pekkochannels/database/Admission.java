package org.pekkochannels.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.database.WaitingCalls.Waiting;

/**
 * Stands in front of the database threads: counts who is busy, keeps who waits, and refuses what is over a bound.
 *
 * <p>A call is handed to the dispatcher only when a thread is free for it, so work that waits can still be taken out,
 * and the dispatcher's own queue stays empty. All calls may wait equally long, so the oldest expires first and one timer
 * is enough. What pauses before another attempt counts among what waits. Thread-safe; the lock is never held while foreign
 * code runs.
 */
final class Admission {
    private static final SafeLog LOG = SafeLog.of(Admission.class);

    private enum Verdict {
        NOW,
        LATER,
        NEVER,
        TOO_LATE,
        CANCELLED
    }

    private final DispatcherSettings settings;
    private final Executor dispatcher;
    private final Timers timers;
    private final Unserved unserved = new Unserved();
    private final WaitingCalls waiting = new WaitingCalls();
    private final PausedCalls paused;
    private final AtomicInteger rows = new AtomicInteger();
    private final long maxWaitNanos;
    private int busy;
    private boolean timerArmed;

    Admission(DispatcherSettings settings, Executor dispatcher, ActorSystem system) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.timers = new Timers(system);
        this.paused = new PausedCalls(timers);
        this.maxWaitNanos = settings.maxWait().toNanos();
    }

    /** Starts the call, lets it wait, or fails it; never throws. */
    void submit(Call<?> call) {
        switch (verdict(call)) {
            case NOW -> start(call);
            case LATER -> await(call);
            case NEVER -> call.fail(overload());
            case TOO_LATE -> refuse(call, call.hasFailed());
            case CANCELLED -> drop(call);
        }
    }

    /** Takes a call out that waits, or cuts it off if it runs; one that has ended is left as it is. Never blocks. */
    void cancel(Call<?> call, Cancellation cancellation) {
        StackRoom.require();
        if (cancellation.request() && !dropIfCancelled(call)) {
            cancellation.strike();
        }
    }

    /** Fails every waiting call that entered {@code gate}; running ones go on. */
    void withdraw(Gate gate) {
        takeAll(gate).forEach(call -> call.fail(new DatabaseClosedException()));
    }

    synchronized Load load() {
        return new Load(settings.threads(), busy, waiting.size() + paused.size());
    }

    /** The number of rows that wait for a batch; whoever keeps such rows counts them here. */
    AtomicInteger rows() {
        return rows;
    }

    /** All that waits: calls and rows. */
    int waiting() {
        return load().waiting() + rows.get();
    }

    /** What was not served; work that is refused or dropped elsewhere is counted here, too. */
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
        if (!call.isCleanup() && waiting.bounded() + paused.size() >= settings.maxWaiting()) {
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

    private void start(Call<?> first) {
        for (Call<?> call = first; call != null; ) {
            call = startOrFail(call);
        }
    }

    /** Returns what is to be started in its place, if it cannot be and no thread runs that would take what waits. */
    private @Nullable Call<?> startOrFail(Call<?> call) {
        try {
            dispatcher.execute(() -> CallFuture.work(this, call));
            return null;
        } catch (RejectedExecutionException stopped) {
            refuse(call);
            return null;
        } catch (Throwable noThread) { // the JVM has none, or the application's thread factory failed
            Call<?> next = isLeftToOthers() ? null : next();
            call.fail(noThread);
            return next;
        }
    }

    private synchronized boolean isLeftToOthers() {
        boolean others = busy > 1;
        busy -= others ? 1 : 0;
        return others;
    }

    /** On a database thread. Never throws: an exception would end the thread, and an error would stop the JVM. */
    void work(Call<?> first) {
        for (Call<?> call = first; call != null; ) {
            call.run();
            // The thread counts as free before its result is seen: who has the result may rely on the numbers.
            Call<?> next = next();
            settle(call);
            call = next;
        }
    }

    private void settle(Call<?> call) {
        try {
            deliverOrPause(call);
        } catch (Throwable unexpected) { // the thread has other calls to serve
            call.abandon(unexpected);
            LOG.error("a database call failed when its outcome was to be sent", unexpected);
        } finally {
            // A flag that a meter or a continuation has left is not the next callback's.
            Thread.interrupted();
        }
    }

    private void deliverOrPause(Call<?> call) {
        if (call.wasCancelled()) {
            unserved.cancelled.incrementAndGet();
        }
        long pause = call.retryMillis();
        if (pause == MessageWork.NEVER) {
            call.deliver();
        } else {
            call.waitsAgain();
            paused.add(call, Duration.ofMillis(pause), this::submit);
            dropIfCancelled(call);
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
        try {
            return isInTime(next);
        } catch (Throwable unexpected) { // the thread has other calls to serve
            next.call().fail(unexpected);
            return false;
        }
    }

    private boolean isInTime(Waiting next) {
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
        Deadline deadline = call.deadline();
        if (deadline != null && !call.isCleanup()) {
            // Where no timer can be set, running work still looks at the deadline of what it starts next.
            timers.after(deadline.remaining(), () -> onDeadline(call)).ifPresent(call::alarm);
        }
        dropIfCancelled(call);
    }

    // To be called after a call was added as well: what ended before has not found it there.
    private boolean dropIfCancelled(Call<?> call) {
        boolean drops = call.isCancelled() && remove(call);
        if (drops) {
            call.stopAlarm();
            drop(call);
        }
        return drops;
    }

    private void onDeadline(Call<?> call) {
        if (remove(call)) {
            refuseLate(call);
        }
    }

    private boolean remove(Call<?> call) {
        return paused.remove(call) || removeFromQueue(call);
    }

    private synchronized boolean removeFromQueue(Call<?> call) {
        return !waiting.take(one -> one == call).isEmpty();
    }

    private void drop(Call<?> call) {
        unserved.cancelled.incrementAndGet();
        call.fail(call.cancelled());
    }

    private void refuseLate(Call<?> call) {
        refuse(call, true);
    }

    private void refuse(Call<?> call, boolean waited) {
        Deadline deadline = Objects.requireNonNull(call.deadline());
        unserved.timedOut.incrementAndGet();
        call.fail(
                waited
                        ? new DatabaseWaitTimeoutException(
                                deadline.key(), load(), deadline.elapsed(), deadline.budget())
                        : DatabaseWaitTimeoutException.beforeTheCall(
                                deadline.key(), load(), deadline.elapsed(), deadline.budget()));
    }

    private void refuseExpired(Waiting late) {
        unserved.timedOut.incrementAndGet();
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

    // On the default dispatcher, where an error would stop the JVM.
    private void onTimer() {
        try {
            for (Waiting late = takeExpired(); late != null; late = takeExpired()) {
                refuseExpired(late);
            }
        } finally {
            rearmTimer();
        }
    }

    private synchronized void rearmTimer() {
        timerArmed = false;
        armTimer();
    }

    private void armTimer() {
        Waiting oldest = waiting.oldest();
        if (oldest != null && !timerArmed) {
            // Where no timer can be set, running work still starts what waits.
            timerArmed = timers.after(Duration.ofNanos(maxWaitNanos - oldest.nanos()), this::onTimer)
                    .isPresent();
        }
    }

    private List<Call<?>> takeAll(Gate gate) {
        List<Call<?>> all = new ArrayList<>(paused.take(gate));
        all.addAll(takeFromQueue(gate));
        return all;
    }

    private synchronized List<Call<?>> takeFromQueue(Gate gate) {
        return waiting.take(call -> call.entered(gate));
    }
}
