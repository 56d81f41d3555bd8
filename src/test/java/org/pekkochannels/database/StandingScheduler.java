package org.pekkochannels.database;

import com.typesafe.config.Config;
import java.io.Closeable;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** A scheduler for which no time passes but what a test lets pass; at its end it runs what is left, as Pekko asks for. */
final class StandingScheduler extends AbstractScheduler implements Closeable {
    /** The line of configuration that makes it an actor system's. */
    static final String CONFIG = "pekko.scheduler.implementation = " + StandingScheduler.class.getName();

    private final List<Later> tasks = new CopyOnWriteArrayList<>();

    /** As Pekko makes it. */
    StandingScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

    static StandingScheduler of(TestDatabase started) {
        return (StandingScheduler) started.system.scheduler();
    }

    private final class Later implements Cancellable {
        private final long nanos;
        private final Runnable task;

        Later(long nanos, Runnable task) {
            this.nanos = nanos;
            this.task = task;
        }

        void run() {
            if (tasks.remove(this)) {
                task.run();
            }
        }

        @Override
        public boolean cancel() {
            return tasks.remove(this);
        }

        @Override
        public boolean isCancelled() {
            return !tasks.contains(this);
        }
    }

    /** Runs what is to wait no longer than that, in its order, but not what is set going meanwhile. */
    void pass(Duration time) {
        within(time).stream()
                .sorted(Comparator.comparingLong(later -> later.nanos))
                .forEach(Later::run);
    }

    /** How many timers are set. */
    int size() {
        return tasks.size();
    }

    /** Waits until something is set to wait no longer than that. */
    void awaitTimer(TestDatabase started, Duration time) {
        TestProbe.create(Adapter.toTyped(started.system)).awaitAssert(Duration.ofSeconds(20), () -> {
            if (within(time).isEmpty()) {
                throw new AssertionError("no timer is set to " + time);
            }
            return true;
        });
    }

    private List<Later> within(Duration time) {
        return tasks.stream().filter(later -> later.nanos <= time.toNanos()).toList();
    }

    @Override
    @SuppressWarnings("deprecation") // It must be there, though it is deprecated.
    public Cancellable schedule(
            FiniteDuration initialDelay, FiniteDuration interval, Runnable task, ExecutionContext executor) {
        throw new UnsupportedOperationException("deprecated");
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        Later later = new Later(delay.toNanos(), task);
        tasks.add(later);
        return later;
    }

    @Override
    public double maxFrequency() {
        return 1;
    }

    @Override
    public void close() {
        List.copyOf(tasks).forEach(Later::run);
    }
}
