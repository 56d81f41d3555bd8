package org.pekkochannels.bench;

import java.util.Arrays;

/** Counts answers by the time they took, in steps of 10 us up to 1 s; not thread-safe. */
final class Latencies {
    private static final long STEP_NANOS = 10_000;
    private static final int STEPS = 100_000;

    private final int[] counts = new int[STEPS];
    private long count;

    void add(long nanos) {
        counts[(int) Math.min(nanos / STEP_NANOS, STEPS - 1)]++;
        count++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        count = 0;
    }

    long count() {
        return count;
    }

    /** The upper end of the step in which the 99th percentile is. */
    double p99Micros() {
        return micros(0.99);
    }

    /** The upper end of the step in which this share of all answers has come. */
    double micros(double share) {
        int step = 0;
        for (long slower = count - counts[0]; slower > count * (1 - share); slower -= counts[step]) {
            step++;
        }
        return (step + 1) * STEP_NANOS / 1e3;
    }
}
