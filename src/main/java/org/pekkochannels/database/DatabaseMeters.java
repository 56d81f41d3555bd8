package org.pekkochannels.database;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.pekkochannels.database.jdbc.TaskThread;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.metrics.instrument.Timing;

/**
 * The metrics of one section's threads, and of the databases that use them, tagged with the section's name. Thread-safe.
 *
 * <p>Most are functions of existing numbers. Durations are measured only if a registry can read them.
 */
final class DatabaseMeters {
    private final Meters meters;
    private final String database;
    private final Timing wait;
    private final Timing run;
    private final Timing handleLifetime;
    private final LongAdder cutOff = new LongAdder();

    DatabaseMeters(Meters meters, String database) {
        this.meters = meters;
        this.database = database;
        this.wait = meters.timing(measure("wait", "seconds", "How long calls waited that then ran."));
        this.run = meters.timing(measure("run", "seconds", "How long calls ran, all attempts together."));
        this.handleLifetime = meters.timing(
                measure("handle.lifetime", "seconds", "How long handles, and with them connections, were held."));
    }

    /** Whether durations are recorded. */
    boolean areOn() {
        return run != Timing.NONE;
    }

    /** Records how long each handle was open. */
    Timing handleLifetime() {
        return handleLifetime;
    }

    /** A call has run. */
    void ran(long waitNanos, long runNanos) {
        wait.record(waitNanos);
        run.record(runNanos);
    }

    /** A running call was cut off. */
    void cutOff() {
        cutOff.increment();
    }

    void watch(DispatcherSettings settings, Admission admission) {
        Admission.UnservedCounters unserved = admission.unserved();
        meters.gauge(measure("threads", "threads", "Maximum number of database threads."), settings::threads);
        meters.gauge(
                measure("busy", "threads", "Threads that run work."),
                () -> admission.load().busy());
        meters.gauge(
                measure("waiting", "calls", "Calls that wait, and rows that wait for a batch."), admission::waiting);
        meters.counter(
                measure("overloads", "calls", "Calls rejected because too many waited."), unserved.overloaded::get);
        meters.counter(
                measure("cancelled", "calls", "Calls discarded, or cut off, because their caller had left."),
                unserved.cancelled::get);
        Measure timeouts = measure("timeouts", "calls", "Calls that took too long, while they waited or ran.");
        meters.counter(timeouts.tag("phase", "waiting"), unserved.timedOut::get);
        meters.counter(timeouts.tag("phase", "running"), cutOff::sum);
    }

    void watch(OpenHandles handles, ConnectionPool pool) {
        meters.gauge(measure("handles", "handles", "Handles that are open."), handles::count);
        meters.counter(
                measure("handles.held", "handles", "Handles open longer than handle-warning."), handles::longHeld);
        meters.counter(
                measure("tasks.failed", "tasks", "Timers and pool housekeeping that threw, of all databases."),
                TaskThread::failures);
        meters.gauge(
                measure("pool.active", "connections", "Connections in use."),
                () -> pool.stats().map(DatabaseStats.Pool::active).orElse(0));
        meters.gauge(
                measure("pool.idle", "connections", "Connections that wait for use."),
                () -> pool.stats().map(DatabaseStats.Pool::idle).orElse(0));
        meters.gauge(measure("pool.pending", "threads", "Threads that wait for a connection."), pool::pending);
    }

    void watchBatches(IntSupplier names) {
        meters.gauge(measure("batches", "batches", "Names of batches, up to max-batches."), names::getAsInt);
    }

    private Measure measure(String name, String unit, String meaning) {
        return Measure.of("channels.database." + name, unit, meaning).tag("database", database);
    }
}
