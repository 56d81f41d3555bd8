package org.pekkochannels.database;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.tracing.CallTrace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears how one call fares, for the meters and for its span; confined to one thread at a time, and never throws. */
class Observation {
    /** Nobody wants to know, and the clock is not looked at. */
    static final Observation NONE = new Observation();

    private static final Logger LOG = LoggerFactory.getLogger(Observation.class);

    private Observation() {}

    /** What travels with the call. */
    CallTrace trace() {
        return CallTrace.NONE;
    }

    /** An attempt begins, on the database thread. */
    void started() {}

    /** The attempt is over, with all that belongs to it. */
    void stopped() {}

    /** The outcome is about to be sent to the owner; of a call that never started too. */
    void ended(@Nullable Throwable failure) {}

    /** One that looks at the clock. */
    static final class Timed extends Observation {
        private final DatabaseMeters meters;
        private final CallTrace trace;
        private long sinceNanos = System.nanoTime();
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
            // Somebody else's registry, or span processor, must not keep the result from its owner.
            try {
                measure(failure);
            } catch (RuntimeException e) {
                LOG.warn("a database call could not be measured", e);
            }
            try {
                trace.end(new CallTrace.Times(waitNanos, runNanos, attempts), Optional.ofNullable(failure));
            } catch (RuntimeException e) {
                LOG.warn("a span could not be ended", e);
            }
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
            long now = System.nanoTime();
            long lap = now - sinceNanos;
            sinceNanos = now;
            return lap;
        }
    }
}
