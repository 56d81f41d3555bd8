package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.MessageAdaptionFailure;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.OwnContext;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * The actor of one connection, or of one instance of a worker. It stops when the behavior inside throws anything, so that nothing reaches its dispatcher: for some failures
 * Pekko ends the JVM. The connection is notified of the stop. An interrupt flag that the behavior leaves set is cleared, because the thread
 * runs other actors next. Confined to the actor.
 *
 * <p>The behavior starts each message with an empty logging context (MDC) and OpenTelemetry's root context, and its changes to them do not
 * stay on the thread. Functions of {@code context.messageAdapter} run before, inside Pekko.
 *
 * <p>A behavior rather than an interceptor: it is one object per connection instead of eight, and a message takes half the calls.
 *
 * <p>Each message and signal takes the same steps: empty the thread's context, start the behavior if necessary, interpret, restore the
 * context. Any failure is contained and stops the actor. The supervisor watches the actor, so the connection is notified however it has
 * stopped.
 */
final class ConsumerGuard extends ExtensibleBehavior<Object> {
    private static final SafeLog LOG = SafeLog.of(ConsumerGuard.class);
    private static final LogPace EARLY_STOPS = LogPace.of(Duration.ofSeconds(1));

    private final ContainedFailures failures;
    private final Owner owner;
    private Behavior<Object> inner;
    private boolean started;

    private ConsumerGuard(Behavior<Object> inner, ContainedFailures failures, Owner owner) {
        this.inner = inner;
        this.failures = failures;
        this.owner = owner;
    }

    /** What the actor serves: a connection or a worker. */
    interface Owner {
        /** The path of its scope, printable. */
        String path();

        /** Whether a client still waits for the answer to its request. */
        boolean isUndecided();
    }

    /**
     * A behavior that starts the consumer's behavior with the first message, and cannot be started again.
     *
     * @param owner what the actor serves
     */
    @SuppressWarnings("unchecked") // It passes on whatever comes: a consumer's actor takes more than Inbound.
    static Behavior<Inbound> around(Behavior<Inbound> consumer, ContainedFailures failures, Owner owner) {
        Behavior<Object> any = (Behavior<Object>) (Behavior<?>) consumer;
        return new ConsumerGuard(any, failures, owner).narrow();
    }

    @Override
    public Behavior<Object> receive(TypedActorContext<Object> context, Object message) {
        ThreadContext outside = begin();
        try {
            return start(context)
                    ? next(context, Behavior.interpretMessage(inner, context, message))
                    : stopped(context, inner);
        } catch (Throwable failure) {
            return failed(failure);
        } finally {
            ThreadReset.to(outside);
        }
    }

    /** A behavior that has not started, or has stopped in its setup, receives no signals. */
    @Override
    public Behavior<Object> receiveSignal(TypedActorContext<Object> context, Signal signal) {
        ThreadContext outside = begin();
        try {
            return started ? signalled(context, signal) : Behaviors.unhandled();
        } catch (Throwable failure) {
            return failed(failure);
        } finally {
            ThreadReset.to(outside);
        }
    }

    /** Empties the thread's context; returns the previous one, or null if the behavior does this itself. */
    private @Nullable ThreadContext begin() {
        return inner instanceof OwnContext ? null : ThreadContext.clear();
    }

    /** Within the first message and not when the actor starts: what the setup throws is then contained like anything else. */
    private boolean start(TypedActorContext<Object> context) {
        if (!started) {
            inner = Behavior.validateAsInitial(checked(Behavior.start(inner, context)));
            started = Behavior.isAlive(inner);
        }
        return started;
    }

    /** If the behavior does not handle a failure of an adapter's function, Pekko would drop it silently. */
    private Behavior<Object> signalled(TypedActorContext<Object> context, Signal signal) {
        Behavior<Object> next = next(context, Behavior.interpretSignal(inner, context, signal));
        return signal instanceof MessageAdaptionFailure lost && Behavior.isUnhandled(next)
                ? failed(lost.exception())
                : next;
    }

    private Behavior<Object> next(TypedActorContext<Object> context, @Nullable Behavior<Object> result) {
        Behavior<Object> next = checked(result);
        if (!Behavior.isAlive(next)) {
            return stopped(context, next);
        }
        inner = Behavior.canonicalize(next, inner, context);
        return Behavior.isUnhandled(next) ? next : Behaviors.same();
    }

    private static Behavior<Object> checked(@Nullable Behavior<Object> behavior) {
        return requireNonNull(behavior, "the behavior returned null; return Behaviors.same() or Behaviors.stopped()");
    }

    /** Pekko signals the stop to the last behavior and then runs the task of {@code Behaviors.stopped(task)}. */
    private Behavior<Object> stopped(TypedActorContext<Object> context, Behavior<Object> stopped) {
        if (owner.isUndecided() && EARLY_STOPS.next() > 0) {
            LOG.warn(
                    "{} stopped before it had accepted or refused, and the client is answered 500; call Wire.accept or refuse"
                            + " first (logged at most once a second)",
                    description());
        }
        return Behaviors.stopped(() -> failures.run(
                ContainedFailures.Place.CONSUMER,
                description(),
                () -> ThreadContext.EMPTY.around(
                        () -> Behavior.interpretSignal(stopped, context, PostStop.instance()))));
    }

    private Behavior<Object> failed(Throwable failure) {
        failures.contain(ContainedFailures.Place.CONSUMER, description(), failure);
        return Behaviors.stopped();
    }

    private String description() {
        return "the actor of " + owner.path();
    }
}
