package org.pekkochannels.metrics.instrument;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** The destination of one actor system's metrics. Thread-safe. */
public interface Registry extends AutoCloseable {
    /** No destination. */
    Registry NONE = new Registry() {
        @Override
        public void gauge(Measure measure, DoubleSupplier value) {}

        @Override
        public void counter(Measure measure, LongSupplier total) {}

        @Override
        public Timing timing(Measure measure) {
            return Timing.NONE;
        }

        @Override
        public void close() {}
    };

    void gauge(Measure measure, DoubleSupplier value);

    void counter(Measure measure, LongSupplier total);

    Timing timing(Measure measure);

    /** Removes all metrics. */
    @Override
    void close();
}
