package org.pekkochannels.database;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;

/** Runs tasks later, on the actor system's default dispatcher. Immutable and thread-safe. */
record Timers(ActorSystem system) {
    private static final SafeLog LOG = SafeLog.of(Timers.class);

    /** Sets a timer; empty after the actor system and its scheduler have terminated: the task then never runs. */
    Optional<Cancellable> after(Duration delay, Runnable task) {
        Duration rest = delay.isNegative() ? Duration.ZERO : delay;
        try {
            return Optional.of(system.scheduler().scheduleOnce(rest, guarded(task), system.dispatcher()));
        } catch (IllegalStateException stopped) {
            LOG.debug("no timer was set, because the actor system's scheduler has terminated", stopped);
            return Optional.empty();
        } catch (RuntimeException refused) { // for example a time that exceeds the scheduler's maximum
            LOG.warn("a timer of {} could not be set", rest, refused);
            return Optional.empty();
        }
    }

    // An error on the default dispatcher would stop the JVM.
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable failure) {
                LOG.error("a timer's task failed", failure);
                FatalErrors.rethrow(failure);
            }
        };
    }
}
