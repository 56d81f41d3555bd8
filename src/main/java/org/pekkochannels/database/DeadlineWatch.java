package org.pekkochannels.database;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.ExecutionContexts;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Ends the callbacks of a dispatcher's databases one second after their deadline, whatever the network does. Thread-safe.
 *
 * <p>It checks four times a second, on the scheduler's thread. A callback needs no timer, and no driver's timer is involved, which one dead
 * connection may block.
 */
final class DeadlineWatch {
    private static final SafeLog LOG = SafeLog.of(DeadlineWatch.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Set<ConnectionAbort> watched = ConcurrentHashMap.newKeySet();

    DeadlineWatch(ActorSystem system) {
        system.scheduler()
                .scheduleWithFixedDelay(PAUSE, PAUSE, this::look, ExecutionContexts.fromExecutor(Runnable::run));
    }

    void add(ConnectionAbort callback) {
        watched.add(callback);
    }

    void remove(ConnectionAbort callback) {
        watched.remove(callback);
    }

    private void look() {
        watched.forEach(DeadlineWatch::look);
    }

    /** Catches everything: the scheduler drops a task that throws. */
    private static void look(ConnectionAbort callback) {
        try {
            if (callback.isDue()) {
                callback.strike();
            }
        } catch (Throwable failure) {
            LOG.warn("a callback whose deadline has passed could not be ended", failure);
            FatalErrors.rethrow(failure);
        }
    }
}
