package org.pekkochannels.layer.postgres;

import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** The metrics of the layer in PostgreSQL. */
final class PostgresMeters {
    private static final double NANOS = 1e9;

    private PostgresMeters() {}

    static void watch(Meters meters, LogReader reader, LogWriter writer, WriteQueue queue, Delivery delivery) {
        meters.gauge(
                Measure.of(
                        "channels.layer.postgres.lag",
                        "seconds",
                        "Time since this node last had read all events that are visible."),
                () -> reader.lagNanos() / NANOS);
        meters.gauge(
                Measure.of("channels.layer.postgres.waiting", "events", "Events that wait to be written."),
                queue::waiting);
        meters.gauge(
                Measure.of("channels.layer.postgres.rows", "rows", "Events in the log, as the server estimates."),
                () -> writer.server().rows());
        meters.gauge(
                Measure.of(
                        "channels.layer.postgres.oldest.transaction",
                        "seconds",
                        "Age of the oldest open transaction of the server that has written."),
                () -> writer.server().oldestSeconds());
        meters.counter(
                Measure.of("channels.layer.postgres.reconnects", "connections", "Connections that were lost."),
                () -> reader.losses() + writer.losses());
        meters.counter(
                Measure.of(
                        "channels.layer.postgres.unknown",
                        "events",
                        "Events whose connection was lost while they were written, so that it is not known whether they"
                                + " were."),
                writer::unknown);
        meters.counter(
                Measure.of(
                        "channels.layer.postgres.skipped",
                        "rows",
                        "Rows of the log that could not be delivered, because they are malformed."),
                delivery::skipped);
    }
}
