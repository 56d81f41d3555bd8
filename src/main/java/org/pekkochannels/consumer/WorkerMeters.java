package org.pekkochannels.consumer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** The metrics of one worker. Written by its pool; thread-safe. */
final class WorkerMeters {
    private final LongAdder assigned = new LongAdder();
    private final LongAdder restarted = new LongAdder();
    private final AtomicInteger running = new AtomicInteger();

    void showIn(Meters meters, String worker, Channel channel) {
        meters.gauge(
                Measure.of("channels.worker.waiting", "messages", "Messages that wait for an instance of the worker.")
                        .tag("worker", worker),
                channel::waiting);
        meters.gauge(
                Measure.of("channels.worker.instances", "instances", "Running instances of the worker.")
                        .tag("worker", worker),
                running::get);
        meters.counter(
                Measure.of("channels.worker.messages", "messages", "Messages that instances of the worker received.")
                        .tag("worker", worker),
                assigned::sum);
        meters.counter(
                Measure.of("channels.worker.restarts", "instances", "Instances of the worker that failed.")
                        .tag("worker", worker),
                restarted::sum);
    }

    void assigned() {
        assigned.increment();
    }

    void restarted() {
        restarted.increment();
    }

    void started() {
        running.incrementAndGet();
    }

    void ended() {
        running.decrementAndGet();
    }
}
