package org.pekkochannels.database;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.tracing.span.CallTrace;
import org.pekkochannels.tracing.span.CallTracer;

/**
 * Observes one call, for the meters and for its span. Confined to one thread at a time.
 *
 * <p>Never throws: meters and traces contain failures of an application's registry or span processor.
 */
class Observation {
    /** No observer; the clock is not read. */
    static final Observation NONE = new Observation();

    private Observation() {}

    /** Observes a call that its caller makes now, on this thread. */
    static Observation of(DatabaseMeters meters, CallTracer tracer) {
        CallTrace trace = tracer.begin();
        return trace == CallTrace.NONE && !meters.areOn() ? NONE : new Timed(meters, trace);
    }

    /** The trace of the call. */
    CallTrace trace() {
        return CallTrace.NONE;
    }

    /** An attempt begins, on the database thread. */
    void started() {}

    /** The attempt is over, including its cleanup. */
    void stopped() {}

    /** The outcome is about to be delivered to the owner; also for a call that never started. */
    void ended(@Nullable Throwable failure) {}

    /** An observation that reads the clock. */
    private static final class Timed extends Observation {
        private final DatabaseMeters meters;
        private final CallTrace trace;
        private long sinceNanos = Ticker.SYSTEM.read();
        private long waitNanos;
        private long runNanos;
        private int attempts;

        Timed(DatabaseMeters meters, CallTrace trace) {
            this.meters = meters;
            this.trace = trace;
        }

        @Override
        CallTrace trace() {
            return trace;
        }

        @Override
        void started() {
            attempts++;
            waitNanos += lap();
        }

        @Override
        void stopped() {
            runNanos += lap();
        }

        @Override
        void ended(@Nullable Throwable failure) {
            if (attempts == 0) {
                waitNanos = lap();
            }
            measure(failure);
            trace.end(new CallTrace.Times(waitNanos, runNanos, attempts), Optional.ofNullable(failure));
        }

        private void measure(@Nullable Throwable failure) {
            if (attempts > 0) {
                meters.ran(waitNanos, runNanos);
            }
            if (failure instanceof DatabaseTimeoutException) {
                meters.cutOff();
            }
        }

        private long lap() {
            long now = Ticker.SYSTEM.read();
            long lap = now - sinceNanos;
            sinceNanos = now;
            return lap;
        }
    }
}
