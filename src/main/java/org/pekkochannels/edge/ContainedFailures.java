package org.pekkochannels.edge;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/**
 * Contains failures of one connection's code, so that they reach neither the other connections nor Pekko or Netty. A failure is counted and
 * logged. A fatal one is also thrown again on the system's default dispatcher, which ends the JVM or the system, as
 * {@code pekko.jvm-exit-on-fatal-error} sets. One instance per actor system; no method throws; thread-safe.
 */
public final class ContainedFailures implements Extension {
    private static final SafeLog LOG = SafeLog.of(ContainedFailures.class);

    private final Executor fatal;
    private volatile BiConsumer<String, Throwable> observer = (what, failure) -> {};
    private final Map<Place, LongAdder> counts =
            Stream.of(Place.values()).collect(Collectors.toMap(Function.identity(), place -> new LongAdder()));

    /** The code that failed. */
    public enum Place {
        /** An application, a router or a middleware that was given an upgrade request. */
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
        /** The logger that should have reported a failure, or the failure itself, which cannot be printed. */
        LOGGER;

        String tag() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * An instance without metrics.
     *
     * @param fatal runs the task that throws a fatal error again
     */
    public ContainedFailures(Executor fatal) {
        this.fatal = fatal;
    }

    private void watch(Meters meters) {
        Measure failures = Measure.of(
                "channels.edge.failures",
                "failures",
                "Exceptions and errors that one connection's code threw where it must not, by place.");
        counts.forEach((place, count) -> meters.counter(failures.tag("place", place.tag()), count::sum));
    }

    /**
     * The contained failures of an actor system.
     *
     * @param system a typed or classic actor system
     * @return always the same instance
     */
    public static ContainedFailures of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /**
     * Contains a failure; the caller has answered the client, or does so next.
     *
     * @param place the code that failed
     * @param what the same for the log, with the path of the connection's scope if it has one
     * @param failure any throwable
     */
    public void contain(Place place, String what, Throwable failure) {
        count(place).increment();
        log(what, failure);
        observer.accept(what, failure);
        if (isFatal(failure)) {
            escalate(failure);
        }
    }

    /**
     * Reports each failure, for the test kit.
     *
     * @param next receives what failed and the failure, on the thread where it was contained; must not throw
     */
    public void observe(BiConsumer<String, Throwable> next) {
        observer = next;
    }

    /** The stack may be nearly exhausted here. If the check itself fails, the error counts as not fatal and the thread continues. */
    private static boolean isFatal(Throwable failure) {
        try {
            return FatalErrors.isFatal(failure);
        } catch (Throwable unknown) {
            return false;
        }
    }

    /**
     * Runs a task and contains its failure.
     *
     * @param place the code that runs
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

    /** The number of failures of a place. */
    LongAdder count(Place place) {
        return Objects.requireNonNull(counts.get(place));
    }

    private void log(String what, Throwable failure) {
        if (!LOG.error("{} failed", what, failure)) {
            count(Place.LOGGER).increment();
        }
    }

    /** Not on the caller's thread, which may be an event loop and serves other connections until the system ends. */
    private void escalate(Throwable failure) {
        try {
            fatal.execute(() -> FatalErrors.rethrow(failure));
        } catch (RejectedExecutionException | IllegalStateException ended) {
            // the system is terminating already
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
