package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Inbound;

/**
 * Stops the actor of one connection whatever it throws, so that nothing reaches its dispatcher: Pekko ends the JVM for some of
 * it. The connection hears of the stop. An interrupt flag that the actor leaves set is cleared, as its thread runs others next.
 * Confined to the actor.
 */
final class ConsumerGuard extends BehaviorInterceptor<Object, Object> {
    private static final Behavior<Object> STOPPED = Behaviors.stopped();

    private final ContainedFailures failures;
    private final String path;

    private ConsumerGuard(ContainedFailures failures, String path) {
        super(Object.class);
        this.failures = failures;
        this.path = path;
    }

    @SuppressWarnings("unchecked") // It passes on whatever comes: a consumer's actor takes more than Inbound.
    static Behavior<Inbound> around(Behavior<Inbound> consumer, ContainedFailures failures, String path) {
        Behavior<Object> any = (Behavior<Object>) (Behavior<?>) consumer;
        return Behaviors.<Object, Object>intercept(() -> new ConsumerGuard(failures, path), any)
                .narrow();
    }

    @Override
    public Behavior<Object> aroundStart(TypedActorContext<Object> context, PreStartTarget<Object> target) {
        try {
            return next(context, Behavior.validateAsInitial(target.start(context)));
        } catch (Throwable failure) {
            return failed(failure);
        } finally {
            Thread.interrupted();
        }
    }

    @Override
    public Behavior<Object> aroundReceive(
            TypedActorContext<Object> context, Object message, ReceiveTarget<Object> target) {
        try {
            return next(context, target.apply(context, message));
        } catch (Throwable failure) {
            return failed(failure);
        } finally {
            Thread.interrupted();
        }
    }

    @Override
    public Behavior<Object> aroundSignal(
            TypedActorContext<Object> context, Signal signal, SignalTarget<Object> target) {
        try {
            return next(context, target.apply(context, signal));
        } catch (Throwable failure) {
            return failed(failure);
        } finally {
            Thread.interrupted();
        }
    }

    private Behavior<Object> next(TypedActorContext<Object> context, @Nullable Behavior<Object> next) {
        requireNonNull(next, "the behavior has returned null; return Behaviors.same() or Behaviors.stopped()");
        return next == STOPPED || Behavior.isAlive(next) ? next : Behaviors.stopped(() -> stop(context, next));
    }

    /** What {@code Behaviors.stopped(task)} is to run, which no interceptor sees. */
    private void stop(TypedActorContext<Object> context, Behavior<Object> stopped) {
        try {
            Behavior.interpretSignal(stopped, context, PostStop.instance());
        } catch (Throwable failure) {
            contain(failure);
        }
    }

    private Behavior<Object> failed(Throwable failure) {
        contain(failure);
        return STOPPED;
    }

    private void contain(Throwable failure) {
        failures.contain(ContainedFailures.Place.CONSUMER, "the actor of " + path, failure);
    }
}
