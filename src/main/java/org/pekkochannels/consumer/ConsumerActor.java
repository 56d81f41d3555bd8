package org.pekkochannels.consumer;

import java.util.Objects;
import java.util.function.Function;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.OwnContext;
import org.pekkochannels.layer.Event;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;

/**
 * Runs one consumer: one callback at a time, and {@code disconnect} exactly once, whatever happens.
 *
 * <p>Each received message is a turn: take the message, start callbacks until one must be awaited, and end the turn on the wire, which
 * flushes the output. {@link #callbacks} tracks the callback in progress; no other starts before it has settled.
 */
final class ConsumerActor extends ExtensibleBehavior<Object> implements OwnContext, TurnExecutor.Host {
    private final ActorContext<Object> context;
    private final Scope scope;
    private final Function<ConsumerContext, ? extends Consumer> factory;
    private final ConsumerRuntime runtime;
    private final TurnExecutor turn;
    private final Membership membership;
    private final Callbacks callbacks;
    private final Inbox inbox = new Inbox();
    private final ConnectionEnd ended;
    private final ConsumerReport report;
    private @Nullable Outlet outlet;
    private @Nullable ConsumerContext own;
    private @Nullable Consumer consumer;
    private @Nullable CloseReason lost;
    private @Nullable GiveUp giveUp;
    private boolean owesCredit;
    private boolean ending;
    private boolean stopped;
    private boolean crashed;

    ConsumerActor(ActorContext<Object> context, Scope scope, Function<ConsumerContext, ? extends Consumer> factory) {
        this.runtime = ConsumerRuntime.get(context.getSystem());
        this.context = context;
        this.scope = scope;
        this.factory = factory;
        this.turn = new TurnExecutor(context.getSelf(), runtime.watch(), this);
        turn.watchFrom(runtime.watch().watchedFrom(factory));
        this.ended = new ConnectionEnd(turn);
        this.report = new ConsumerReport(scope, runtime, ended);
        this.callbacks = new Callbacks(turn, runtime.watch(), this::failed);
        this.membership = new Membership(
                runtime.layer(),
                runtime.afterCommit(),
                runtime.counts(),
                runtime.settings().maxGroups(),
                context.getSelf()::tell);
    }

    /** Sent when the connection has ended and the callback that still ran, or {@code disconnect} itself, took too long. */
    private enum GiveUp implements DeadLetterSuppression {
        HANDLERS,
        DISCONNECT
    }

    @Override
    public Behavior<Object> receive(TypedActorContext<Object> ignored, Object message) {
        turn.begin();
        try {
            onMessage(message);
            advance();
            awaitDecision();
            armGiveUp();
            endTurn();
            callbacks.rethrowFatal();
        } catch (Throwable e) {
            crashed = true;
            throw e;
        } finally {
            turn.end();
        }
        return stopped ? Behaviors.stopped() : Behaviors.same();
    }

    @Override
    public Behavior<Object> receiveSignal(TypedActorContext<Object> ignored, Signal signal) {
        if (signal instanceof PostStop) {
            turn.begin();
            try {
                onStopped();
                turn.runLastTasks(callbacks::run);
            } finally {
                turn.end();
            }
        }
        return Behaviors.same();
    }

    private void onMessage(Object message) {
        if (message instanceof Inbound.Message one) {
            owesCredit = true;
            inbox.add(one);
        } else if (message == TurnExecutor.Wake.UP) {
            turn.runTasks(callbacks::run);
        } else if (message instanceof Event event) {
            inbox.add(event);
        } else if (message instanceof Inbound.Batch batch) {
            owesCredit = true;
            inbox.addAll(batch.messages());
        } else if (message instanceof Inbound.Connect connect) {
            onConnect(connect);
        } else if (message instanceof Inbound.Closed closed) {
            onClosed(closed);
        } else if (message instanceof GiveUp due && due == giveUp) {
            onGiveUp();
        }
    }

    private void onConnect(Inbound.Connect connect) {
        outlet = new Outlet(connect.wire(), runtime.settings().maxForeignCalls(), runtime.counts());
        owesCredit = true;
        ConsumerContext mine =
                new ConsumerContext(context.getSystem(), scope, runtime, turn, outlet, membership, ended);
        own = mine;
        report.serves(mine);
        callbacks.start(ConsumerReport.CONSTRUCTOR, () -> {
            consumer = mine.requireOwn(factory.apply(mine));
            return turn.done();
        });
        if (consumer != null) {
            callbacks.start("connect()", () -> consumer().begin().connected());
        }
    }

    /** The peer has left. Its messages are still handled, but it can no longer be reached. */
    private void onClosed(Inbound.Closed closed) {
        lost = closed.reason();
        membership.close();
        if (!ending) {
            inbox.addAll(closed.unread());
        }
        ended.come(closed.reason());
        if (outlet != null) {
            outlet.lost();
        }
    }

    /** Starts callbacks until one must be awaited. */
    private void advance() {
        while (!callbacks.isRunning() && !stopped && next()) {
            // next() has done all the work
        }
    }

    private boolean next() {
        CloseReason ended = outlet == null ? lost : outlet.ended();
        if (ending) {
            stopped = true;
            return false;
        }
        if (own != null && own.failing() != null) {
            handle(own, own.failing());
            return true;
        }
        if (ended != null) {
            end(ended);
            return true;
        }
        return startMessage() || startEvent() || endIfLost();
    }

    private boolean startMessage() {
        Inbound.Message message = consumer == null ? null : inbox.nextMessage();
        if (message == null) {
            return false;
        }
        String name = message instanceof Inbound.Text ? consumer().textCallback() : "receive(byte[])";
        callbacks.start(
                name,
                consumer().context().atHand(message),
                () -> consumer().begin().received(message));
        return true;
    }

    private boolean startEvent() {
        Event event = inbox.nextEvent();
        if (event == null) {
            return false;
        }
        if (consumer != null && membership.take(event)) {
            runtime.handlers().start(consumer, event, callbacks);
        }
        return true;
    }

    private boolean endIfLost() {
        if (lost == null) {
            return false;
        }
        end(lost);
        return true;
    }

    /** Leaves all groups and drops waiting events, then runs {@code disconnect}, the last callback. */
    private void end(CloseReason reason) {
        ending = true;
        membership.close();
        inbox.clear();
        ended.come(reason);
        if (consumer != null) {
            consumer.context().beginDisconnect();
            callbacks.start("disconnect(CloseReason)", () -> consumer().disconnected(reason));
        }
    }

    /** No callback is left that could decide; only pending calls from other threads may still do so. */
    private void awaitDecision() {
        if (outlet != null && outlet.isUndecided() && !callbacks.isRunning()) {
            turn.offer(this::refuseUndecided);
        }
    }

    private void refuseUndecided() {
        if (outlet != null && outlet.isUndecided() && !callbacks.isRunning()) {
            report.undecided();
            outlet.fail(CloseReason.of(CloseCode.INTERNAL_ERROR));
        }
    }

    private void failed(String callback, @Nullable Object input, Throwable failure) {
        if (report.isCancelled(callback, failure)) {
            return;
        }
        report.failed();
        if (callback.equals(FailureHandling.CALLBACK) && own != null && own.failing() != null) {
            own.failing().failedAgain(failure);
        } else if (own != null && outlet != null && isForConsumer(callback, failure)) {
            own.failing(new FailureHandling(Consumer.Failure.of(callback, input, failure), outlet));
        } else {
            report.unhandled(callback, failure);
            if (outlet != null && !ending) {
                outlet.fail(Failures.closing(failure));
            }
        }
    }

    /** A task is not a callback, and may fail while one runs. A fatal error ends the process, or the actor. */
    private boolean isForConsumer(String callback, Throwable failure) {
        return consumer != null
                && consumer.context().handlesFailures()
                && !ending
                && !callback.equals(Callbacks.TASK)
                && !FatalErrors.isFatal(failure);
    }

    /** Runs the consumer's {@code failed(..)}, and after it the default. */
    private void handle(ConsumerContext mine, FailureHandling failing) {
        if (!failing.start(consumer(), callbacks)) {
            mine.failing(null);
            failing.finish(report);
        }
    }

    /** Bounds the work after the end: once for the running callback, and once more for {@code disconnect}. */
    private void armGiveUp() {
        if (!callbacks.isRunning() || (lost == null && !ending)) {
            return;
        }
        GiveUp wanted = ending ? GiveUp.DISCONNECT : GiveUp.HANDLERS;
        if (giveUp != wanted) {
            giveUp = wanted;
            context.scheduleOnce(runtime.settings().disconnectTimeout(), context.getSelf(), wanted);
        }
    }

    /** Abandons a callback that does not settle, so that it leaves nothing behind. */
    private void onGiveUp() {
        if (!callbacks.isRunning()) {
            return;
        }
        report.abandoned(callbacks.giveUp());
        inbox.clear();
    }

    /**
     * The actor stops before its consumer has ended: it was stopped from outside, for example with the system, or a turn failed outside of
     * a callback. The client is answered, and {@code disconnect} starts, but its stage is not awaited.
     */
    private void onStopped() {
        if (own != null && own.failing() != null) {
            own.failing().finish(report);
            own.failing(null);
        }
        if (outlet != null && !ending) {
            CloseReason reason = CloseReason.of(crashed ? CloseCode.INTERNAL_ERROR : CloseCode.GOING_AWAY);
            outlet.fail(reason);
            end(reason);
            outlet.endTurn(true);
        }
        callbacks.giveUp();
        if (outlet != null) {
            outlet.lost();
        }
    }

    private void endTurn() {
        if (outlet != null) {
            boolean consumed = owesCredit && !callbacks.isRunning() && !inbox.hasMessages();
            owesCredit &= !consumed;
            outlet.endTurn(consumed);
        }
    }

    private Consumer consumer() {
        if (consumer == null) {
            throw new IllegalStateException("no consumer, it failed in its constructor");
        }
        return consumer;
    }

    @Override
    public String description() {
        return report.description(callbacks.name());
    }

    @Override
    public Object running() {
        return callbacks.runningOrTask();
    }

    @Override
    public boolean isInCallback() {
        return callbacks.isRunning();
    }

    @Override
    public boolean isRunning(Object callback) {
        return callbacks.isRunning(callback);
    }

    @Override
    public boolean lost(Object callback, Throwable failure, boolean logged) {
        return report.lost(callback.toString(), failure, logged);
    }

    @Override
    public void lostUnlogged(int count) {
        report.lostUnlogged(count);
    }

    @Override
    public CallQueue calls() {
        return Objects.requireNonNull(own).calls();
    }
}
