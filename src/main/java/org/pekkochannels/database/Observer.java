package org.pekkochannels.database;

import org.pekkochannels.tracing.span.CallTrace;
import org.pekkochannels.tracing.span.CallTracer;

/** Starts to observe the calls of one database. Immutable and thread-safe. */
record Observer(DatabaseMeters meters, CallTracer tracer) {
    /** Observes a call that its caller makes now, on this thread. */
    Observation submitted() {
        CallTrace trace = tracer.begin();
        return trace == CallTrace.NONE && !meters.areOn() ? Observation.NONE : new Observation.Timed(meters, trace);
    }
}
