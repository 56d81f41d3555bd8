package org.pekkochannels.consumer;

import java.util.Optional;
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
import org.pekkochannels.concurrent.OwnContext;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.Gap;
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
final class ConsumerActor extends ExtensibleBehavior<Object> implements OwnContext {
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
    private final CallbackFailures failures;
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
        this.report = new ConsumerReport(scope);
        this.turn = new TurnExecutor(context.getSelf(), runtime.watch(), report);
        if (runtime.settings().logContext()) {
            turn.beginWith(scope.logWords().orElseThrow());
        }
        turn.watchFrom(runtime.watch().watchedFrom(factory));
        this.ended = new ConnectionEnd(turn);
        this.failures = new CallbackFailures(report);
        this.callbacks = new Callbacks(turn, runtime.watch(), failures);
        report.on(callbacks);
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
        } else if (message instanceof Assigned work) {
            owesCredit = true;
            inbox.add(work);
        } else if (message instanceof ConsumerTimer due) {
            inbox.add(due);
        } else if (message instanceof Inbound.Expiring expiring) {
            inbox.add(expiring);
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
                new ConsumerContext(context.getSystem(), scope, runtime, turn, outlet, membership, inbox, ended);
        own = mine;
        report.serves(mine);
        callbacks.start(ConsumerReport.CONSTRUCTOR, () -> {
            consumer = mine.requireOwn(factory.apply(mine));
            return turn.done();
        });
        if (consumer != null) {
            callbacks.start(consumer.connectCallback(), () -> consumer().begin().connected());
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
        closeTimers();
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
        if (own != null) {
            own.restTimers();
        }
        CloseReason ended = outlet == null ? lost : outlet.ended();
        if (ending) {
            stopped = true;
            return false;
        }
        if (consumer != null && failures.advance(consumer, callbacks)) {
            return true;
        }
        if (ended != null) {
            end(ended);
            return true;
        }
        return startMessage() || startEvent() || startTimer() || endIfLost();
    }

    private boolean startMessage() {
        Object next = consumer == null ? null : inbox.nextMessage();
        if (next instanceof Inbound.Message message) {
            start(message);
        } else if (next instanceof Assigned work) {
            work.begin();
            runtime.handlers().start(consumer(), work.event(), callbacks);
        } else if (next instanceof Inbound.Expiring expiring) {
            callbacks.start("expiring(Lease)", () -> consumer().begin().handleExpiring(expiring.lease()));
        }
        return next != null;
    }

    private void start(Inbound.Message message) {
        String name = message instanceof Inbound.Text ? consumer().textCallback() : "receive(byte[])";
        callbacks.start(
                name,
                consumer().context().atHand(message),
                () -> consumer().begin().received(message));
    }

    private boolean startEvent() {
        Event first = inbox.nextEvent();
        Event event = first;
        while (event != null && (consumer == null || !membership.take(event))) {
            event = inbox.eventAfterDropped();
        }
        if (event == null) {
            return first != null; // all were dropped, and a message may still wait
        }
        Optional<Gap> gap = event.gap();
        if (gap.isPresent()) {
            callbacks.start("missed(Gap)", () -> consumer().begin().handleGap(gap.get()));
        } else {
            runtime.handlers().start(consumer(), event, callbacks);
        }
        return true;
    }

    private boolean startTimer() {
        ConsumerTimer timer = inbox.nextTimer();
        if (timer == null) {
            return false;
        }
        if (consumer != null && consumer.context().timers().begin(timer)) {
            callbacks.start(timer.name(), () -> {
                consumer().begin();
                return timer.body().call();
            });
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
        closeTimers();
        if (consumer != null) {
            consumer.context().beginDisconnect();
            callbacks.start(consumer.disconnectCallback(), () -> consumer().disconnected(reason));
        }
    }

    private void closeTimers() {
        if (own != null) {
            own.closeTimers();
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
        failures.finish();
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
}
