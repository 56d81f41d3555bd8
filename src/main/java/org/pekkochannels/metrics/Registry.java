package org.pekkochannels.metrics;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Where the measures of one actor system go; thread-safe. */
interface Registry extends AutoCloseable {
    /** Nowhere. */
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

    /** Takes all measures back. */
    @Override
    void close();
}
