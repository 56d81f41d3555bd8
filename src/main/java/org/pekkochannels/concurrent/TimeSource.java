package org.pekkochannels.concurrent;

import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.setup.Setup;

/**
 * The time of one actor system: a {@link Ticker} for intervals, and a {@link Clock} for dates. Real unless the system was created with a
 * {@link Replacement}, or its scheduler is {@link Timed}. Thread-safe.
 *
 * <p>Timers are those of the system's scheduler. A test that moves time replaces both, otherwise a timer finds that its time has not
 * come.
 */
public final class TimeSource implements Extension {
    private static final TimeSource REAL = new TimeSource(Ticker.SYSTEM, Clock.systemUTC());

    private final Ticker ticker;
    private final Clock clock;

    private TimeSource(Ticker ticker, Clock clock) {
        this.ticker = ticker;
        this.clock = clock;
    }

    /**
     * The time of an actor system.
     *
     * @param system a typed or classic actor system
     * @return always the same
     */
    public static TimeSource of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * The real time, where no actor system exists.
     *
     * @return the JVM's own ticker, and the clock of UTC
     */
    public static TimeSource real() {
        return REAL;
    }

    /**
     * The clock for intervals.
     *
     * @return the ticker
     */
    public Ticker ticker() {
        return ticker;
    }

    /**
     * The clock for dates.
     *
     * @return the clock
     */
    public Clock clock() {
        return clock;
    }

    /** Replaces the time of an actor system that is created with this setup. */
    public static final class Replacement extends Setup {
        private final TimeSource source;

        /**
         * A time for tests.
         *
         * @param ticker the clock for intervals
         * @param clock the clock for dates
         */
        public Replacement(Ticker ticker, Clock clock) {
            source = new TimeSource(
                    Objects.requireNonNull(ticker, "the ticker of a time source must not be null"),
                    Objects.requireNonNull(clock, "the clock of a time source must not be null"));
        }
    }

    /** A scheduler of Pekko, named by {@code pekko.scheduler.implementation}, that has another time than the real one. */
    public interface Timed {
        /**
         * The scheduler's time.
         *
         * @return the clock for intervals and the clock for dates
         */
        Replacement time();
    }

    private static final class Id extends AbstractExtensionId<TimeSource> {
        static final Id INSTANCE = new Id();

        @Override
        public TimeSource createExtension(ExtendedActorSystem system) {
            return system.settings()
                    .setup()
                    .get(Replacement.class)
                    .or(() -> timed(system))
                    .map(replacement -> replacement.source)
                    .orElse(REAL);
        }

        private static Optional<Replacement> timed(ExtendedActorSystem system) {
            return system.scheduler() instanceof Timed scheduler ? Optional.of(scheduler.time()) : Optional.empty();
        }
    }
}
