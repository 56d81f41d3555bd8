package org.pekkochannels.database;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.ThreadStack;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.Watchdog;
import org.pekkochannels.metrics.instrument.Timing;
import org.pekkochannels.settings.Settings;

/**
 * The open handles of one database: counts them, measures how long each is open, and warns once of each that is open for too long.
 * Thread-safe.
 */
final class OpenHandles {
    private static final SafeLog LOG = SafeLog.of(OpenHandles.class);

    // Keyed by thread, each of which has at most one handle; a thread's identity hash is computed once.
    private final Map<Thread, CallbackHandle> handles = new ConcurrentHashMap<>();
    private final LongAdder longHeld = new LongAdder();
    private final DispatcherSettings settings;
    private final Timing lifetime;
    private final boolean keepsStacks;
    private final Executor logging;
    private final HandleWatch watch;
    private final Watchdog<CallbackHandle> watchdog = new Watchdog<>(this::all, Optional::of, this::onLongHeld);

    OpenHandles(ActorSystem system, DispatcherSettings settings, HandleWatch watch, Timing lifetime) {
        this.settings = settings;
        this.watch = watch;
        this.lifetime = lifetime;
        this.logging = system.dispatchers().lookup(Dispatchers.DefaultBlockingDispatcherId());
        this.keepsStacks = settings.handleWarning().isPresent()
                && Settings.isDevelopment(system.settings().config());
        watch.add(this);
    }

    void add(CallbackHandle handle) {
        if (keepsStacks) {
            handle.openedAt(new OpeningStack());
        }
        if (lifetime != Timing.NONE) {
            handle.openedAt(Ticker.SYSTEM.read());
        }
        handles.put(handle.thread(), handle);
    }

    void remove(CallbackHandle handle) {
        handles.remove(handle.thread(), handle);
        if (lifetime != Timing.NONE) {
            lifetime.record(Ticker.SYSTEM.read() - handle.openedAt());
        }
    }

    int count() {
        return handles.size();
    }

    long longHeld() {
        return longHeld.sum();
    }

    /** Finds handles that have been open for too long. */
    void look() {
        watchdog.look();
    }

    /** Stops watching. */
    void close() {
        watch.remove(this);
    }

    private Collection<CallbackHandle> all() {
        return handles.values();
    }

    private void onLongHeld(List<CallbackHandle> late) {
        longHeld.add(late.size());
        late.forEach(handle -> {
            ThreadStack stack = handle.stack();
            logging.execute(() -> log(handle.description(), stack));
        });
    }

    private void log(String description, ThreadStack stack) {
        LOG.warn(
                "{} has had a handle open for {} ms ({}.handle-warning), and with it one of {} connections; move other work"
                        + " outside withHandle(..), and consider statement-timeout",
                description,
                settings.handleWarning().map(Duration::toMillis).orElseThrow(),
                settings.section(),
                settings.threads(),
                stack);
    }

    /** Where a handle was opened. */
    private static final class OpeningStack extends Throwable {
        private static final long serialVersionUID = 1L;

        OpeningStack() {
            super("the handle was opened here");
        }
    }
}
