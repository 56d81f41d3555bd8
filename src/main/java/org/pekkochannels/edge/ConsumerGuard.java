package org.pekkochannels.edge;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.pekkochannels.protocol.Inbound;

/**
 * Stops the actor of one connection whatever it throws, so that nothing reaches its dispatcher: Pekko ends the JVM for some of
 * it. The connection hears of the stop. Confined to the actor.
 */
final class ConsumerGuard extends BehaviorInterceptor<Object, Object> {
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
            return target.start(context);
        } catch (Throwable failure) {
            return failed(failure);
        }
    }

    @Override
    public Behavior<Object> aroundReceive(
            TypedActorContext<Object> context, Object message, ReceiveTarget<Object> target) {
        try {
            return target.apply(context, message);
        } catch (Throwable failure) {
            return failed(failure);
        }
    }

    @Override
    public Behavior<Object> aroundSignal(
            TypedActorContext<Object> context, Signal signal, SignalTarget<Object> target) {
        try {
            return target.apply(context, signal);
        } catch (Throwable failure) {
            return failed(failure);
        }
    }

    private Behavior<Object> failed(Throwable failure) {
        failures.contain(ContainedFailures.Place.CONSUMER, "the actor of " + path, failure);
        return Behaviors.stopped();
    }
}
