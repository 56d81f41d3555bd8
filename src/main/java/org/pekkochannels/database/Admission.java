package org.pekkochannels.database;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.database.WaitingCalls.Waiting;

/**
 * The queue in front of the database threads: counts busy threads, keeps waiting calls, and rejects calls over a bound.
 *
 * <p>A call is passed to the dispatcher only when a thread is free for it. So waiting work can still be removed, and the dispatcher's own
 * queue stays empty. The maximum wait is the same for all calls, so the oldest expires first and one timer is enough. Calls that pause
 * before another attempt count as waiting. Thread-safe; foreign code never runs with the lock held.
 *
 * <p>Each {@code synchronized} method is one atomic step: {@link #admit}, {@link #takeOrFreeThread}, {@link #leavesToOthers}, and those
 * that add or remove waiting or paused calls.
 */
final class Admission {
    private static final SafeLog LOG = SafeLog.of(Admission.class);

    /**
     * The load of the database dispatcher. Immutable.
     *
     * @param threads the maximum number of threads
     * @param busy the number of threads that run calls
     * @param waiting the number of waiting calls, including those between two attempts
     */
    record Load(int threads, int busy, int waiting) {}

    /** Counts the calls that were not served, by reason. Thread-safe. */
    static final class UnservedCounters {
        final AtomicLong overloaded = new AtomicLong();
        final AtomicLong timedOut = new AtomicLong();
        final AtomicLong cancelled = new AtomicLong();
    }

    private enum Verdict {
        NOW,
        LATER,
        QUEUE_FULL,
        TOO_LATE,
        CANCELLED
    }

    private final DispatcherSettings settings;
    private final Executor dispatcher;
    private final Timers timers;
    private final UnservedCounters unserved = new UnservedCounters();
    private final WaitingCalls waiting;
    private final AtomicInteger rows = new AtomicInteger();
    private final long maxWaitNanos;
    private int busy;
    private boolean timerArmed;

    Admission(DispatcherSettings settings, Executor dispatcher, ActorSystem system) {
        this.settings = settings;
        this.dispatcher = dispatcher;
        this.timers = new Timers(system);
        this.waiting = new WaitingCalls(TimeSource.of(system).ticker());
        this.maxWaitNanos = settings.maxWait().toNanos();
    }

    /** Starts the call, lets it wait, or fails it; never throws. */
    void submit(Call<?> call) {
        switch (verdict(call)) {
            case NOW -> start(call);
            case LATER -> await(call);
            case QUEUE_FULL -> call.fail(overload());
            case TOO_LATE -> failLate(call, call.hasFailed());
            case CANCELLED -> drop(call);
        }
    }

    /** Removes a waiting call, or cuts off a running one; has no effect on a call that has ended. Never blocks. */
    void cancel(Call<?> call, Cancellation cancellation) {
        StackRoom.require();
        if (cancellation.request() && !dropIfCancelled(call)) {
            cancellation.strike();
        }
    }

    /** Fails every waiting call that entered {@code gate}; running calls continue. */
    void withdraw(Gate gate) {
        takeAll(gate).forEach(call -> call.fail(new DatabaseClosedException()));
    }

    synchronized Load load() {
        return new Load(settings.threads(), busy, waiting.size());
    }

    /** The number of rows that wait for a batch; the queues of such rows count them here. */
    AtomicInteger rows() {
        return rows;
    }

    /** Everything that waits: calls and rows. */
    int waiting() {
        return load().waiting() + rows.get();
    }

    /** The counters of work that was not served, including work rejected or dropped elsewhere. */
    UnservedCounters unserved() {
        return unserved;
    }

    private Verdict verdict(Call<?> call) {
        if (call.isCancelled()) {
            return Verdict.CANCELLED;
        }
        return isLate(call) ? Verdict.TOO_LATE : admit(call);
    }

    /** Takes a thread for the call if one is free; otherwise lets it wait, unless too many calls wait. */
    private synchronized Verdict admit(Call<?> call) {
        if (busy < settings.threads()) {
            busy++;
            return Verdict.NOW;
        }
        if (!call.isCleanup() && waiting.bounded() >= settings.maxWaiting()) {
            unserved.overloaded.incrementAndGet();
            return Verdict.QUEUE_FULL;
        }
        waiting.add(call);
        armTimer();
        return Verdict.LATER;
    }

    // The numbers at the rejection; a thread may be free again by now.
    private DatabaseOverloadedException overload() {
        return new DatabaseOverloadedException(
                settings, new Load(settings.threads(), settings.threads(), settings.maxWaiting()));
    }

    private void start(Call<?> first) {
        for (Call<?> call = first; call != null; ) {
            call = startOrFail(call);
        }
    }

    /** Starts a call. If that fails and no running thread would take waiting calls, returns the next one to start instead. */
    private @Nullable Call<?> startOrFail(Call<?> call) {
        try {
            dispatcher.execute(() -> CallFuture.work(this, call));
            return null;
        } catch (RejectedExecutionException stopped) {
            failClosed(call);
            return null;
        } catch (Throwable noThread) { // the JVM has none left, or the application's thread factory failed
            Call<?> next = leavesToOthers() ? null : next();
            call.fail(noThread);
            return next;
        }
    }

    /** Frees the thread that could not be started if others run, which then take the waiting calls. Returns whether others run. */
    private synchronized boolean leavesToOthers() {
        if (busy == 1) {
            return false;
        }
        busy--;
        return true;
    }

    /** Runs on a database thread. Never throws: an exception would end the thread, and an error would stop the JVM. */
    void work(Call<?> first) {
        for (Call<?> call = first; call != null; ) {
            call.run();
            // The thread counts as free before the result is visible, because code that has the result may read the
            // numbers.
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
            LOG.error("a database call failed while its outcome was delivered", unexpected);
        } finally {
            // An interrupt flag left by a meter or a continuation must not reach the next callback.
            Thread.interrupted();
        }
    }

    private void deliverOrPause(Call<?> call) {
        if (call.wasCancelled()) {
            unserved.cancelled.incrementAndGet();
        }
        long pause = call.retryMillis();
        if (pause == CallbackWork.NEVER) {
            call.deliver();
        } else {
            call.waitsAgain();
            pause(call, Duration.ofMillis(pause));
            dropIfCancelled(call);
        }
    }

    /** Keeps a call for this pause, but not past its deadline, and then submits it again. */
    void pause(Call<?> call, Duration pause) {
        addPaused(call);
        if (timers.after(shorter(pause, call.deadline()), () -> resume(call)).isEmpty()) {
            resume(call);
        }
    }

    private synchronized void addPaused(Call<?> call) {
        waiting.addPaused(call);
    }

    // A call that was removed before has ended.
    private void resume(Call<?> call) {
        if (removePaused(call)) {
            submit(call);
        }
    }

    private synchronized boolean removePaused(Call<?> call) {
        return waiting.removePaused(call);
    }

    private static Duration shorter(Duration pause, @Nullable Deadline deadline) {
        return deadline == null || deadline.remaining().compareTo(pause) > 0 ? pause : deadline.remaining();
    }

    private void failClosed(Call<?> first) {
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
            failExpired(next);
            return false;
        }
        if (isLate(next.call())) {
            failLate(next.call(), true);
            return false;
        }
        return true;
    }

    private static boolean isLate(Call<?> call) {
        Deadline deadline = call.deadline();
        return deadline != null && deadline.isOver();
    }

    // Deadlines differ, so each waiting call with one has a separate timer: all threads may be blocked.
    private void await(Call<?> call) {
        Deadline deadline = call.deadline();
        if (deadline != null && !call.isCleanup()) {
            // If no timer can be set, running work still checks the deadline of the next call that it starts.
            timers.after(deadline.remaining(), () -> onDeadline(call)).ifPresent(call::alarm);
        }
        dropIfCancelled(call);
    }

    // Also called after a call was added, because an end before that has not found it there.
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
            failLate(call, true);
        }
    }

    /** Removes a call that waits or pauses; false if it no longer does. */
    private synchronized boolean remove(Call<?> call) {
        return waiting.removePaused(call) || !waiting.take(one -> one == call).isEmpty();
    }

    private void drop(Call<?> call) {
        unserved.cancelled.incrementAndGet();
        call.fail(call.cancelled());
    }

    /** The call's deadline has passed: while the call waited, or before it was made. */
    private void failLate(Call<?> call, boolean waited) {
        Deadline deadline = Objects.requireNonNull(call.deadline());
        unserved.timedOut.incrementAndGet();
        call.fail(
                waited
                        ? DatabaseWaitTimeoutException.by(deadline, load())
                        : DatabaseWaitTimeoutException.beforeTheCall(deadline, load()));
    }

    private void failExpired(Waiting late) {
        unserved.timedOut.incrementAndGet();
        late.call()
                .fail(new DatabaseWaitTimeoutException(
                        settings.section() + ".max-wait", load(), Duration.ofNanos(late.nanos()), settings.maxWait()));
    }

    /** The call that the current thread runs next; if none waits, the thread is free. */
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

    // Runs on the default dispatcher, where an error would stop the JVM.
    private void onTimer() {
        try {
            for (Waiting late = takeExpired(); late != null; late = takeExpired()) {
                failExpired(late);
            }
        } finally {
            rearmTimer();
        }
    }

    /** Sets the timer for the call that is the oldest now. */
    private synchronized void rearmTimer() {
        timerArmed = false;
        armTimer();
    }

    private void armTimer() {
        Waiting oldest = waiting.oldest();
        if (oldest != null && !timerArmed) {
            // If no timer can be set, running work still starts waiting calls.
            timerArmed = timers.after(Duration.ofNanos(maxWaitNanos - oldest.nanos()), this::onTimer)
                    .isPresent();
        }
    }

    private synchronized List<Call<?>> takeAll(Gate gate) {
        return waiting.take(call -> call.entered(gate));
    }
}
