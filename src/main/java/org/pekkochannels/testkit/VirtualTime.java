package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.SchedulerException;
import org.apache.pekko.event.LoggingAdapter;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LambdaOwner;
import org.pekkochannels.concurrent.TimeSource;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * The time of an application under test, which stands still until a test lets it pass: Pekko's scheduler, the ticker of all intervals and
 * the clock of all dates. Thread-safe.
 */
final class VirtualTime extends AbstractScheduler implements ActivityOwner, TimeSource.Timed, Closeable {
    // Begins just before the overflow, where a ticker may.
    private static final long BEGIN = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

    private final Activity activity = new Activity();
    private final Instant begun = TimeSource.real().clock().instant();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.due).thenComparingLong(task -> task.number));
    // Nanoseconds since the beginning.
    private long now;
    private long count;
    private boolean closed;

    /**
     * Called by Pekko.
     *
     * @param config ignored
     * @param log ignored
     * @param threads ignored, because tasks are handed over on the test's thread
     */
    VirtualTime(Config config, LoggingAdapter log, ThreadFactory threads) {}

    private final class Task implements Cancellable {
        private final long due;
        private final long number;
        private final long interval;
        private final Runnable code;
        private final ExecutionContext executor;
        private final AtomicBoolean cancelled;
        private final @Nullable CallSite site;

        Task(
                long due,
                long interval,
                Runnable code,
                ExecutionContext executor,
                AtomicBoolean cancelled,
                @Nullable CallSite site) {
            this.due = due;
            this.number = count++;
            this.interval = interval;
            this.code = code;
            this.executor = executor;
            this.cancelled = cancelled;
            this.site = site;
        }

        @Override
        public boolean cancel() {
            return forget(this);
        }

        @Override
        public boolean isCancelled() {
            return cancelled.get();
        }
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public TimeSource.Replacement time() {
        return new TimeSource.Replacement(this::nanoTime, new Dates(ZoneOffset.UTC));
    }

    private final class Dates extends Clock {
        private final ZoneId zone;

        Dates(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new Dates(other);
        }

        @Override
        public Instant instant() {
            return begun.plusNanos(passed());
        }
    }

    private long nanoTime() {
        return BEGIN + passed();
    }

    /** The nanoseconds that have passed since the beginning. */
    synchronized long passed() {
        return now;
    }

    /** When the next task is due, in nanoseconds since the beginning. */
    synchronized OptionalLong nextDue() {
        Task next = tasks.peek();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next.due);
    }

    /** The class that contains the code of all tasks that wait. */
    synchronized List<String> codes() {
        return tasks.stream().map(task -> owner(task.code)).toList();
    }

    /** The tasks of the application that wait: the class that contains the code, and where they were set. */
    synchronized List<String> ofApplication() {
        return tasks.stream()
                .filter(task -> Ownership.isOfApplication(owner(task.code)))
                .map(task -> owner(task.code) + (task.site == null ? "" : ", set" + task.site))
                .toList();
    }

    /** Only timers of an application may be left behind. */
    private static @Nullable CallSite site(Runnable code) {
        return Ownership.isOfApplication(owner(code)) ? new CallSite() : null;
    }

    private static String owner(Runnable task) {
        Runnable code = task instanceof Repeated repeated ? repeated.code : task;
        return LambdaOwner.of(code).orElseGet(() -> code.getClass().getName());
    }

    /** Sets the time, and hands all tasks that are due by then to their executors, on the caller's thread. */
    void advanceTo(long nanos) {
        for (Task task = takeDue(nanos); task != null; task = takeDue(nanos)) {
            task.executor.execute(task.code);
        }
    }

    private synchronized @Nullable Task takeDue(long nanos) {
        now = Math.max(now, nanos);
        Task first = tasks.peek();
        if (first == null || first.due > now) {
            return null;
        }
        tasks.remove();
        if (first.interval > 0) {
            tasks.add(new Task(
                    first.due + first.interval,
                    first.interval,
                    first.code,
                    first.executor,
                    first.cancelled,
                    first.site));
        }
        return first;
    }

    private synchronized boolean forget(Task task) {
        // The next run of a repeated task shares the mark.
        return tasks.removeIf(other -> other.cancelled == task.cancelled) && task.cancelled.compareAndSet(false, true);
    }

    @Override
    @SuppressWarnings("deprecation") // abstract, and the base of all repeated tasks
    public Cancellable schedule(
            FiniteDuration delay, FiniteDuration interval, Runnable code, ExecutionContext executor) {
        return add(delay.toNanos(), Math.max(1, interval.toNanos()), code, executor);
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable code, ExecutionContext executor) {
        return add(delay.toNanos(), 0, code, executor);
    }

    @Override
    public Cancellable scheduleWithFixedDelay(
            FiniteDuration delay, FiniteDuration interval, Runnable code, ExecutionContext executor) {
        Repeated repeated = new Repeated(code, Math.max(1, interval.toNanos()), executor);
        enqueue(delay.toNanos(), 0, repeated, executor, repeated.cancelled);
        return repeated;
    }

    /** A task that is due again some time after each run, unless it fails. */
    private final class Repeated implements Runnable, Cancellable {
        private final Runnable code;
        private final long interval;
        private final ExecutionContext executor;
        private final AtomicBoolean cancelled = new AtomicBoolean();
        private final @Nullable CallSite site;

        Repeated(Runnable code, long interval, ExecutionContext executor) {
            this.code = code;
            this.interval = interval;
            this.executor = executor;
            this.site = site(code);
        }

        @Override
        public void run() {
            if (!cancelled.get()) {
                code.run();
                again(this);
            }
        }

        @Override
        public boolean cancel() {
            boolean first = cancelled.compareAndSet(false, true);
            forget(cancelled);
            return first;
        }

        @Override
        public boolean isCancelled() {
            return cancelled.get();
        }
    }

    private synchronized void again(Repeated repeated) {
        if (!closed && !repeated.cancelled.get()) {
            tasks.add(new Task(
                    now + repeated.interval, 0, repeated, repeated.executor, repeated.cancelled, repeated.site));
        }
    }

    private synchronized void forget(AtomicBoolean cancelled) {
        tasks.removeIf(task -> task.cancelled == cancelled);
    }

    /** A task without a delay runs at once, as with Pekko's scheduler. */
    private Cancellable add(long delay, long interval, Runnable code, ExecutionContext executor) {
        if (delay <= 0 && interval == 0) {
            requireOpen();
            executor.execute(code);
            return DONE;
        }
        return enqueue(delay, interval, code, executor, new AtomicBoolean());
    }

    private synchronized Cancellable enqueue(
            long delay, long interval, Runnable code, ExecutionContext executor, AtomicBoolean cancelled) {
        requireOpen();
        CallSite site = code instanceof Repeated repeated ? repeated.site : site(code);
        Task task = new Task(now + delay, interval, code, executor, cancelled, site);
        tasks.add(task);
        return task;
    }

    private synchronized void requireOpen() {
        if (closed) {
            // By the type of the cause, repeated tasks see that they end regularly.
            String why = "cannot enqueue after timer shutdown";
            throw new IllegalStateException(why, SchedulerException.apply(why));
        }
    }

    private static final Cancellable DONE = new Cancellable() {
        @Override
        public boolean cancel() {
            return false;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    };

    @Override
    public double maxFrequency() {
        return 1e9;
    }

    /** Runs what still waits, as Pekko's scheduler does: the dispatchers shut down with such tasks. */
    @Override
    public void close() {
        takeAll().forEach(task -> task.executor.execute(task.code));
    }

    private synchronized List<Task> takeAll() {
        closed = true;
        List<Task> all = new ArrayList<>(tasks);
        tasks.clear();
        return all;
    }
}
