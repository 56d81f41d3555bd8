package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * One check of {@code /ready}. It runs at most once per interval, however often {@code /ready} is requested; other requests get the latest
 * result. A change of the result is logged. Thread-safe.
 *
 * <p>Events of one run, of which each may be on another thread: {@link #begin} sets the timeout and passes the call to the default
 * dispatcher. The application's stage or the timeout settles the answer; the first one counts. {@link #called} notes that the call has
 * returned, which may be long after the timeout.
 */
final class SharedCheck {
    private static final SafeLog LOG = SafeLog.of(SharedCheck.class);

    private final ReadyCheck check;
    private final HttpSettings.ReadyChecks settings;
    private final ActorSystem<?> system;
    private final ContainedFailures failures;
    private final Ticker ticker;
    private final LongAdder failed = new LongAdder();

    // Guarded by this, like the fields below: the answer of the latest run, when the run began, whether its call has
    // not
    // returned, and the last result.
    private CompletableFuture<Boolean> answer = CompletableFuture.completedFuture(true);
    private long begunNanos;
    private boolean calling;
    private boolean ready = true;

    SharedCheck(ReadyCheck check, HttpSettings.ReadyChecks settings, ActorSystem<?> system) {
        this.check = check;
        this.settings = settings;
        this.system = system;
        this.failures = ContainedFailures.of(system);
        this.ticker = TimeSource.of(system).ticker();
        // The first request starts a run.
        this.begunNanos = ticker.read() - settings.interval().toNanos();
    }

    String name() {
        return check.name();
    }

    long failed() {
        return failed.sum();
    }

    /** Whether all is well, by a new check or by the last one. */
    synchronized CompletionStage<Boolean> ask() {
        boolean old = ticker.read() - begunNanos >= settings.interval().toNanos();
        // A check whose call blocks occupies one thread, not a further one per interval.
        if (old && answer.isDone() && !calling) {
            begin();
        }
        return answer;
    }

    private void begin() {
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        answer = asked;
        calling = true;
        begunNanos = ticker.read();
        // The timeout first: the call may block its thread, or find no thread for a while.
        system.scheduler().scheduleOnce(settings.timeout(), () -> settle(asked, late()), system.executionContext());
        system.dispatchers().lookup(DispatcherSelector.defaultDispatcher()).execute(() -> look(asked));
    }

    private void look(CompletableFuture<Boolean> asked) {
        ThreadContext outside = ThreadContext.clear();
        try {
            requireNonNull(check.look().get(), "returned null; return a stage that completes if all is well")
                    .whenComplete((result, failure) -> settle(asked, failure));
        } catch (Throwable failure) {
            contain(failure);
            settle(asked, failure);
        } finally {
            ThreadReset.to(outside);
            called();
        }
    }

    /** Logs a failure with its stack once, not at each check during an outage, unless it is fatal. */
    private void contain(Throwable failure) {
        if (isReady() || FatalErrors.isFatal(failure)) {
            failures.contain(Place.READY_CHECK, "the check '" + name() + "' of /ready", failure);
        } else {
            failures.count(Place.READY_CHECK).increment();
        }
    }

    private synchronized boolean isReady() {
        return ready;
    }

    private synchronized void called() {
        calling = false;
    }

    private TimeoutException late() {
        return new TimeoutException(
                "no answer within " + settings.timeout().toMillis() + " ms (channels.http.ready-check-timeout)");
    }

    private void settle(CompletableFuture<Boolean> asked, @Nullable Throwable failure) {
        if (asked.complete(failure == null)) {
            note(failure);
        }
    }

    private static String words(Throwable failure) {
        Throwable unwrapped = ConfinedFuture.unwrap(failure);
        return Causes.hasText(unwrapped)
                ? unwrapped.toString()
                : unwrapped.getClass().getName();
    }

    // Logs without the lock, which every request for /ready needs, because an appender may block.
    private void note(@Nullable Throwable failure) {
        boolean before = exchangeReady(failure == null);
        if (failure != null) {
            failed.increment();
            LOG.debug("/ready: the check '{}' failed", name(), failure);
        }
        if (before && failure != null) {
            LOG.warn("/ready answers 503: its check '{}' failed: {}", name(), words(failure));
        } else if (!before && failure == null) {
            LOG.info("/ready: the check '{}' succeeds again", name());
        }
    }

    private synchronized boolean exchangeReady(boolean now) {
        boolean before = ready;
        ready = now;
        return before;
    }
}
