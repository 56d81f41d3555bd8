package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.dispatch.ExecutionContexts;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.consumer.Consumer.TooManyTimersException;
import org.pekkochannels.consumer.ConsumerTimer.State;
import scala.concurrent.ExecutionContext;

/**
 * The timers of one consumer, created with its first one. Thread-safe, except {@link #begin} and {@link #rest}, which are confined to the
 * turns.
 *
 * <p>A timer that is due sends itself to the consumer's actor, from the scheduler's thread and without another hand-off. It is scheduled
 * again when its run is over, so that runs neither overlap nor catch up.
 */
final class ConsumerTimers {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    // Less than 2^31 ms, the most that Pekko's scheduler takes with a tick of 1 ms.
    private static final Duration LONGEST = Duration.ofDays(24);
    private static final ExecutionContext SCHEDULERS_THREAD = ExecutionContexts.fromExecutor(Runnable::run);

    private final ConsumerContext context;
    // The active timers; a list through their own links, because most consumers with timers have one.
    private @Nullable ConsumerTimer first;
    private int active;
    private boolean closed;
    private @Nullable ConsumerTimer running;

    ConsumerTimers(ConsumerContext context) {
        this.context = context;
    }

    /** A timer that is not started yet. */
    ConsumerTimer make(Duration delay, boolean repeated, Callable<? extends CompletionStage<?>> body) {
        return new ConsumerTimer(this, millis(delay, repeated ? "every(..)" : "after(..)"), repeated, body);
    }

    /** Checks a time of a method of the consumer. */
    static int millis(Duration time, String method) {
        requireNonNull(time, () -> "the time of " + method + " must not be null");
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the time of " + method + " must be from 1 ms to 24 days, was " + time);
        }
        return (int) time.toMillis();
    }

    /** Fails if so many further timers, which are not started yet, leave no room for another one. */
    synchronized void requireRoom(int unstarted) {
        int maxTimers = context.settings().maxTimers();
        if (active + unstarted >= maxTimers) {
            context.counts().timerRefused();
            throw new TooManyTimersException(context.consumerName(), maxTimers);
        }
    }

    /** Starts a timer, unless it was cancelled. After the connection's end it is cancelled at once. */
    synchronized ConsumerTimer start(ConsumerTimer timer, int firstMillis) {
        if (!timer.is(State.NEW)) {
            return timer;
        }
        if (closed) {
            timer.become(State.CANCELLED);
            return timer;
        }
        requireRoom(0);
        timer.become(State.ACTIVE);
        timer.next = first;
        first = timer;
        active++;
        schedule(timer, firstMillis);
        return timer;
    }

    private void schedule(ConsumerTimer timer, int millis) {
        try {
            timer.scheduled(
                    context.system().scheduler().scheduleOnce(Duration.ofMillis(millis), timer, SCHEDULERS_THREAD));
        } catch (IllegalStateException stopped) { // the actor system has terminated, and with it the connection
            end(timer, State.CANCELLED);
        }
    }

    /** Hands a timer to its consumer. */
    void due(ConsumerTimer timer) {
        context.turn().add(timer);
    }

    synchronized boolean cancel(ConsumerTimer timer) {
        boolean cancelled = timer.is(State.ACTIVE) || timer.is(State.NEW);
        if (cancelled) {
            end(timer, State.CANCELLED);
        }
        return cancelled;
    }

    synchronized boolean isCancelled(ConsumerTimer timer) {
        return timer.is(State.CANCELLED);
    }

    /** A run of a timer is to begin; false if it was cancelled meanwhile. */
    synchronized boolean begin(ConsumerTimer timer) {
        if (!timer.is(State.ACTIVE)) {
            return false;
        }
        if (timer.isRepeated()) {
            timer.scheduled(null);
            running = timer;
        } else {
            end(timer, State.OVER);
        }
        return true;
    }

    /** No callback is in progress: a repeated timer whose run has ended is scheduled again. */
    void rest() {
        ConsumerTimer ran = running;
        if (ran != null) {
            running = null;
            again(ran);
        }
    }

    private synchronized void again(ConsumerTimer ran) {
        if (ran.is(State.ACTIVE)) {
            schedule(ran, ran.delayMillis());
        }
    }

    /** The connection has ended: no run begins any more. */
    synchronized void close() {
        closed = true;
        for (ConsumerTimer timer = first; timer != null; timer = timer.next) {
            timer.become(State.CANCELLED);
        }
        first = null;
        active = 0;
    }

    private void end(ConsumerTimer timer, State state) {
        if (timer.is(State.ACTIVE)) {
            remove(timer);
        }
        timer.become(state);
    }

    private void remove(ConsumerTimer timer) {
        if (first == timer) {
            first = timer.next;
        } else {
            ConsumerTimer before = requireNonNull(first);
            while (before.next != timer) {
                before = requireNonNull(before.next);
            }
            before.next = timer.next;
        }
        timer.next = null;
        active--;
    }
}
