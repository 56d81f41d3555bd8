package org.pekkochannels.metrics;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Passes lengths of time on to one timer of each registry; thread-safe. */
final class MicrometerTiming implements Timing {
    private final CopyOnWriteArrayList<Timer> timers = new CopyOnWriteArrayList<>();

    Timer add(Timer timer) {
        timers.add(timer);
        return timer;
    }

    @Override
    public void record(long nanos) {
        for (Timer timer : timers) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }
}
