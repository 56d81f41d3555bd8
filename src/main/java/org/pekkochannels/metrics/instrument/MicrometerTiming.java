package org.pekkochannels.metrics.instrument;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.concurrent.ObserverFailures;

/** Records durations in one timer per registry. Thread-safe. */
final class MicrometerTiming implements Timing {
    private final CopyOnWriteArrayList<Timer> timers = new CopyOnWriteArrayList<>();
    private final String name;
    private final ObserverFailures failures;

    MicrometerTiming(String name, ObserverFailures failures) {
        this.name = name;
        this.failures = failures;
    }

    Timer add(Timer timer) {
        timers.add(timer);
        return timer;
    }

    @Override
    public void record(long nanos) {
        for (Timer timer : timers) {
            record(timer, nanos);
        }
    }

    private void record(Timer timer, long nanos) {
        try {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        } catch (Throwable failure) { // the registry is the application's, and the measured work continues
            failures.add("the timer " + name, failure);
        }
    }
}
