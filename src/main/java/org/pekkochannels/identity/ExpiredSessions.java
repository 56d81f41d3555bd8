package org.pekkochannels.identity;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.database.DatabaseClosedException;

/** Deletes the expired sessions of a store now and then, some in each call, so that no transaction is long. Thread-safe. */
final class ExpiredSessions {
    private static final SafeLog LOG = SafeLog.of(ExpiredSessions.class);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(10);

    private final SessionStore<?> store;
    private final Optional<? extends Tickets<?>> tickets;
    private final LogPace warnings = LogPace.of(LOG_INTERVAL);

    ExpiredSessions(SessionStore<?> store, Optional<? extends Tickets<?>> tickets) {
        this.store = store;
        this.tickets = tickets;
    }

    /** Until the system ends. The first time is random, so that nodes that start together do not do it together. */
    void deleteEvery(Duration interval, ActorSystem system) {
        Duration first = Duration.ofMillis(ThreadLocalRandom.current().nextLong(interval.toMillis()) + 1);
        system.scheduler().scheduleWithFixedDelay(first, interval, this::tick, system.dispatcher());
    }

    private void tick() {
        deleteTickets();
        deleteAll();
    }

    private void deleteTickets() {
        try {
            tickets.ifPresent(known -> known.deleteExpired().whenComplete((done, failure) -> {
                if (failure != null) {
                    log(SessionService.cause(failure));
                }
            }));
        } catch (Throwable failure) {
            // The scheduler would not call again.
            log(failure);
        }
    }

    private void deleteAll() {
        try {
            store.deleteExpired().whenComplete(this::next);
        } catch (Throwable failure) {
            // The scheduler would not call again.
            log(failure);
        }
    }

    private void next(@Nullable Boolean more, @Nullable Throwable failure) {
        if (failure != null) {
            log(SessionService.cause(failure));
        } else if (Boolean.TRUE.equals(more)) {
            deleteAll();
        }
    }

    private void log(Throwable failure) {
        if (!(failure instanceof DatabaseClosedException) && warnings.next() > 0) {
            LOG.warn("channels.session: expired sessions were not deleted (logged at most every 10 minutes)", failure);
        }
    }
}
