package org.pekkochannels.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.Terminated;
import org.apache.pekko.event.Logging;
import org.apache.pekko.io.Tcp;
import org.apache.pekko.io.TcpMessage;
import org.pekkochannels.edge.AcceptGate;
import org.pekkochannels.edge.ContainedFailures;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Sits between a stream of connections and Pekko's listener. The listener accepts a connection only when the stream has requested one and
 * an {@link AcceptGate} permits it. Without it, when the process has no file descriptors left, Pekko would retry at once, endlessly, and
 * log a stack trace each time.
 *
 * <p>Both sides speak Pekko's TCP protocol with it, each as if it were the other. The stream sends {@code ResumeAccepting} for each
 * connection that it can take. The actor remembers that as {@link #wanted}, and sends the listener its own {@code ResumeAccepting} only
 * while the gate is open. While the stream waits, the gate is checked once a second, and after each failed attempt. Confined to the actor.
 */
final class PacedListener extends AbstractActorWithTimers {
    // Makes the names unique: a system may have a listener per server.
    private static final AtomicLong STARTED = new AtomicLong();

    private final ActorRef manager = Tcp.get(getContext().getSystem()).getManager();
    private final ContainedFailures failures = ContainedFailures.of(getContext().getSystem());
    private final AcceptGate gate = new AcceptGate();
    // Connections that the stream has not requested: the listener had accepted them before it was stopped.
    private final Queue<Arrived> early = new ArrayDeque<>();
    private ActorRef stream = ActorRef.noSender();
    private ActorRef listener = ActorRef.noSender();
    private Wanted wanted = Wanted.NONE;

    private PacedListener() {}

    /** The state of the connection that the stream has requested. */
    private enum Wanted {
        NONE,
        /** The gate is closed, or was not asked yet. */
        PAUSED,
        /** The listener may accept one connection. */
        ACCEPTING
    }

    private enum Look {
        AGAIN
    }

    private record Arrived(Tcp.Connected what, ActorRef connection) {}

    /** Takes the place of Pekko's TCP manager for one stream of connections; stops with that stream. */
    static ActorRef start(ExtendedActorSystem system) {
        Props props = Props.create(PacedListener.class, PacedListener::new).withDispatcher(SendersThread.in(system));
        return system.systemActorOf(props, "channels-listener-" + STARTED.incrementAndGet());
    }

    /** Contains each failure: a restart would lose the listening socket and the connections that wait, and accept no others. */
    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object message) {
        failures.run(
                ContainedFailures.Place.LISTENER, "accepting connections", () -> super.aroundReceive(receive, message));
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Tcp.Bind.class, this::onBind)
                .match(Tcp.Bound.class, this::onBound)
                .match(Tcp.ResumeAccepting.class, one -> onAsked())
                .match(Tcp.Connected.class, this::onConnected)
                .match(Look.class, again -> look())
                .match(Logging.Error.class, this::onError)
                .match(Terminated.class, ended -> getContext().stop(getSelf()))
                .matchAny(this::pass)
                .build();
    }

    private void onBind(Tcp.Bind bind) {
        stream = getContext().watch(getSender());
        // The stream addresses its Bind to the TCP manager; this actor passes it on in its own name, so that
        // connections arrive here.
        manager.tell(
                new Tcp.Bind(getSelf(), bind.localAddress(), bind.backlog(), bind.options(), bind.pullMode()),
                getSelf());
    }

    private void onBound(Tcp.Bound bound) {
        listener = getContext().watch(getSender());
        // Pekko's listener reports a failed attempt to accept in no message but in the log, so this actor reads the
        // log's events.
        getContext().getSystem().eventStream().subscribe(getSelf(), Logging.Error.class);
        getTimers().startTimerWithFixedDelay(Look.AGAIN, Look.AGAIN, AcceptGate.PAUSE);
        stream.tell(bound, getSelf());
    }

    /** A connection that waits here is delivered before another one is accepted; then {@link #look} finds nothing wanted. */
    private void onAsked() {
        wanted = Wanted.PAUSED;
        deliver();
        look();
    }

    /** The sender is the connection's actor, to which the stream registers, so it is kept with the message. */
    private void onConnected(Tcp.Connected connected) {
        early.add(new Arrived(connected, getSender()));
        deliver();
    }

    private void deliver() {
        // At most one connection is passed on per request of the stream, in the order of their arrival.
        if (wanted != Wanted.NONE && !early.isEmpty()) {
            wanted = Wanted.NONE;
            Arrived first = early.remove();
            stream.tell(first.what(), first.connection());
        }
    }

    private void look() {
        if (wanted != Wanted.NONE) {
            become(gate.mayAccept() ? Wanted.ACCEPTING : Wanted.PAUSED);
        }
    }

    /** Sends the listener only changes. The number of zero takes a permission back, when an attempt under it has failed. */
    private void become(Wanted next) {
        if (wanted != next) {
            wanted = next;
            listener.tell(TcpMessage.resumeAccepting(next == Wanted.ACCEPTING ? 1 : 0), getSelf());
        }
    }

    /**
     * The listener has logged that it could not accept, and is already retrying. Counting again closes the gate if descriptors are short.
     */
    private void onError(Logging.Error error) {
        if (wanted == Wanted.ACCEPTING
                && error.logSource().endsWith(listener.path().toStringWithoutAddress())) {
            gate.countAgain();
            look();
        }
    }

    /** Everything else, such as Unbind or CommandFailed, is between stream and listener, and keeps its sender. */
    private void pass(Object message) {
        (getSender().equals(stream) ? listener : stream).tell(message, getSender());
    }
}
