package org.pekkochannels.database;

import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks later, on the actor system's default dispatcher; immutable and thread-safe. */
record Timers(ActorSystem system) {
    private static final Logger LOG = LoggerFactory.getLogger(Timers.class);

    /** Sets a timer; none once the actor system is gone, and with it its scheduler: the task then never runs. */
    Optional<Cancellable> after(Duration delay, Runnable task) {
        Duration rest = delay.isNegative() ? Duration.ZERO : delay;
        try {
            return Optional.of(system.scheduler().scheduleOnce(rest, task, system.dispatcher()));
        } catch (IllegalStateException stopped) {
            LOG.debug("the actor system is gone, and with it its scheduler", stopped);
            return Optional.empty();
        }
    }
}
