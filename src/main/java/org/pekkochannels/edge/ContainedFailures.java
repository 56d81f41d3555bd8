package org.pekkochannels.edge;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.metrics.Measure;
import org.pekkochannels.metrics.Meters;

/**
 * Where failures of one connection's code end, so that they reach neither the other connections nor Pekko or Netty: counted,
 * logged, and if they are fatal thrown again on the system's default dispatcher, which ends the JVM or the system as {@code
 * pekko.jvm-exit-on-fatal-error} says. One for each actor system; no method throws; thread-safe.
 */
public final class ContainedFailures implements Extension {
    private static final SafeLog LOG = SafeLog.of(ContainedFailures.class);

    private final Executor fatal;
    private final Map<Place, LongAdder> counts =
            Stream.of(Place.values()).collect(Collectors.toMap(Function.identity(), place -> new LongAdder()));

    /** What failed. */
    public enum Place {
        /** An application, a router or a middleware that was asked about an upgrade request. */
        APPLICATION,
        /** The actor of a connection. */
        CONSUMER,
        /** A route of {@code Channels.http}. */
        PAGE,
        /** A check of {@code /ready}. */
        READY_CHECK,
        /** The accepting of connections. */
        LISTENER,
        /** The bytes of one connection. */
        CONNECTION,
        /** A periodic check of one connection. */
        TIMER,
        /** The end of one connection when the server stops. */
        SHUTDOWN,
        /** The logger that was to tell of a failure, or the failure itself, which cannot be printed. */
        LOGGER;

        String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Failures that no meter shows.
     *
     * @param fatal runs what throws a fatal error again
     */
    public ContainedFailures(Executor fatal) {
        this.fatal = fatal;
    }

    private void watch(Meters meters) {
        Measure failures = Measure.of(
                "channels.edge.failures",
                "failures",
                "Exceptions and errors that one connection's code has thrown where it should not, by place.");
        counts.forEach((place, count) -> meters.counter(failures.tag("place", place.tag()), count::sum));
    }

    /**
     * The contained failures of an actor system.
     *
     * @param system a typed or classic actor system
     * @return always the same
     */
    public static ContainedFailures of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * Ends a failure here; the caller has answered, or does so next.
     *
     * @param place what failed
     * @param what the same for the log, with the path of the connection's scope where there is one
     * @param failure any throwable
     */
    public void contain(Place place, String what, Throwable failure) {
        count(place).increment();
        log(what, failure);
        if (isFatal(failure)) {
            escalate(failure);
        }
    }

    /** Called where the stack may be used up: what cannot be told is not fatal, and its thread goes on. */
    private static boolean isFatal(Throwable failure) {
        try {
            return FatalErrors.isFatal(failure);
        } catch (Throwable unknown) {
            return false;
        }
    }

    /**
     * Runs a task whose failure ends here.
     *
     * @param place what runs
     * @param what the same for the log
     * @param task may throw
     */
    public void run(Place place, String what, Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            contain(place, what, failure);
        }
    }

    /** How often a place has failed. */
    LongAdder count(Place place) {
        return Objects.requireNonNull(counts.get(place));
    }

    private void log(String what, Throwable failure) {
        if (!LOG.error("{} failed", what, failure)) {
            count(Place.LOGGER).increment();
        }
    }

    /** Not on the caller's thread, which may be an event loop's, and serves the others until the system ends. */
    private void escalate(Throwable failure) {
        try {
            fatal.execute(() -> FatalErrors.rethrow(failure));
        } catch (RejectedExecutionException | IllegalStateException ended) {
            // the system ends already
        }
    }

    private static final class Id extends AbstractExtensionId<ContainedFailures> {
        static final Id INSTANCE = new Id();

        @Override
        public ContainedFailures createExtension(ExtendedActorSystem system) {
            ContainedFailures failures = new ContainedFailures(system.dispatcher());
            failures.watch(Meters.of(system));
            return failures;
        }
    }
}
