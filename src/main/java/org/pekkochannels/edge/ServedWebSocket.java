package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.Upgrade;
import org.pekkochannels.websocket.WebSockets;

/**
 * One WebSocket's place in a server, from the upgrade request to the end of socket and consumer: its session, its timeouts,
 * the decision that the edge waits for.
 *
 * <p>Three parties use it, on different threads: the consumer's actor decides and stops, the edge's connection attaches and
 * ends, and the server's clock ticks. Any two may act at the same time; {@link State} defines which of them wins. Thread-safe.
 */
final class ServedWebSocket implements Upgrade, WebSocketSlots.Occupant, ConsumerGuard.Owner {
    private static final Actor NO_ACTOR = new Actor() {
        @Override
        public void tell(Inbound event) {
            // It could not be spawned.
        }

        @Override
        public void stop() {
            // It could not be spawned.
        }
    };
    private static final SafeLog LOG = SafeLog.of(ServedWebSocket.class);

    private final String path;
    private final SessionSettings settings;
    private final WebSocketSlots.Slot slot;
    private final AccessLog.Entry log;
    private final Session session;
    // Until it is made.
    private @Nullable CompletableFuture<Decision> decision = new CompletableFuture<>();
    // Both must have ended before the slot is freed: the consumer, and the socket as the state has it. Guarded by this.
    private boolean hasConsumer = true;
    // Changed under the lock; read without it at each tick.
    private volatile State state = State.UNDECIDED;
    // The deadline of the current state. Set before the state.
    private volatile long deadline;
    private volatile @Nullable Transport transport;
    private volatile @Nullable Ending ending;

    /** The actor of the connection. Called on any thread. */
    interface Actor {
        void tell(Inbound event);

        /** Stops it, as soon as it has handled its current message. */
        void stop();
    }

    /** The actor has been notified of the connection's end, and must stop by the deadline, a value of the ticker. */
    private record Ending(Actor actor, long deadline) {}

    /**
     * The progress of the socket. It only moves forwards; an action that comes too late has no effect.
     *
     * <pre>
     *   from                 event                                               to
     *   UNDECIDED            the consumer accepts                                ACCEPTED
     *   ACCEPTED             the edge attaches the connection                    ATTACHED
     *   UNDECIDED            the consumer refuses, or handshake-timeout          GONE
     *   ACCEPTED             attach-timeout: the client has left silently        GONE
     *   UNDECIDED, ACCEPTED  the client leaves, or the server cuts it            GONE
     *   any                  the connection has ended                            GONE
     * </pre>
     *
     * <p>The client may leave just before an acceptance. The state then stays GONE; otherwise the slot would wait for a socket
     * that never comes. The session aborts a connection that is attached nevertheless.
     */
    private enum State {
        /** The consumer decides, for at most handshake-timeout. */
        UNDECIDED,
        /** The 101 is on its way, and counts as a socket; it has attach-timeout. */
        ACCEPTED,
        /** Bytes flow; the session keeps all times. */
        ATTACHED,
        /** There is no socket, and none will come. The consumer may still run. */
        GONE;

        boolean hasSocket() {
            return this == ACCEPTED || this == ATTACHED;
        }
    }

    ServedWebSocket(
            Scope scope,
            WebSockets sockets,
            SessionSettings settings,
            Optional<Lease> lease,
            WebSocketSlots.Slot slot,
            AccessLog.Entry log) {
        this.path = scope.printablePath();
        this.settings = settings;
        this.slot = slot;
        this.log = log;
        this.session = sockets.session(settings, scope, lease, this);
    }

    @Override
    public String path() {
        return path;
    }

    /** Takes over the slot, sends Connect to the consumer, and bounds the time for its decision. */
    void start(Actor actor) {
        deadline = session.deadlineIn(settings.handshakeTimeout());
        session.start(inbound -> {
            if (inbound instanceof Inbound.Closed closed) {
                log.disconnected(closed.reason());
                // Before the actor has the event: one that stops because of it must not count as undecided.
                ending = new Ending(actor, session.deadlineIn(slot.stopTime()));
            }
            actor.tell(inbound);
        });
        // Not earlier, because a session that has not started cannot go away.
        slot.pass(this);
    }

    /** The decision that the edge waits for. Call it before {@link #start}, because the future is not kept once completed. */
    CompletionStage<Decision> decision() {
        return requireNonNull(decision, "the decision was made already");
    }

    @Override
    public void accepted(Acceptance acceptance) {
        deadline = session.deadlineIn(settings.attachTimeout());
        move(State.UNDECIDED, State.ACCEPTED);
        log.connected();
        decide(new Decision.Accept(acceptance, new SocketUser(session, this::attached, this::socketEnded)));
    }

    @Override
    public void refused(Refusal refusal) {
        move(State.UNDECIDED, State.GONE);
        log.refused(refusal.status());
        decide(new Decision.Refuse(refusal));
    }

    @Override
    public boolean hasSocket() {
        return state.hasSocket();
    }

    @Override
    public void goAway(CloseReason reason) {
        session.goAway(reason);
    }

    /** The client has left. A connection that is not attached by now never will be. */
    void lost() {
        session.lost(null);
        socketEnded();
    }

    /** Cuts off the connection, in whatever state it is. */
    @Override
    public void abort() {
        // First, so that the session cuts off a socket that is attached later.
        session.lost(null);
        Transport attached = transport;
        if (attached == null) {
            socketEnded();
        } else {
            attached.execute(attached::abort);
        }
    }

    @Override
    public void tick(long nanoTime) {
        expire(nanoTime);
        stopOverdue(nanoTime);
        // Runs on the clock's thread for all connections: only one with work to do gets a task on its own thread.
        Transport attached = transport;
        if (attached != null && session.isDue(nanoTime)) {
            attached.execute(() -> session.tick(nanoTime));
        }
    }

    /** The consumer could not be spawned: answers 500. */
    void notSpawned() {
        start(NO_ACTOR);
        consumerEnded();
    }

    /** Whether the actor must not stop yet: it has not decided, and has not been notified that the connection has ended. */
    @Override
    public boolean isUndecided() {
        return decision != null && ending == null;
    }

    /**
     * The consumer has stopped, and receives nothing any more; idempotent. If it has not decided, the client receives 500; a socket that is
     * still open is closed with 1011.
     */
    void consumerEnded() {
        try {
            session.consumerEnded();
        } finally {
            if (dropConsumer()) {
                slot.free();
            }
        }
    }

    private void socketEnded() {
        if (dropSocket()) {
            slot.free();
        }
    }

    /** The session makes only one decision. */
    private void decide(Decision made) {
        CompletableFuture<Decision> asked = requireNonNull(decision, "the decision was made already");
        decision = null;
        asked.complete(made);
    }

    private void attached(Transport socket) {
        transport = socket;
        move(State.ACCEPTED, State.ATTACHED);
    }

    private synchronized boolean move(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }

    /** Returns whether that was the last part. */
    private synchronized boolean dropConsumer() {
        hasConsumer = false;
        return !state.hasSocket();
    }

    /** Returns whether that was the last part. */
    private synchronized boolean dropSocket() {
        state = State.GONE;
        return !hasConsumer;
    }

    /**
     * A timeout has passed: the consumer's for its decision, or the edge's to attach the connection. The decision may be on its
     * way, so the session determines whether the timeout counts; if so, it changes the state through {@link #refused}.
     */
    private void expire(long nanoTime) {
        State late = state;
        if (late == State.ATTACHED || late == State.GONE || nanoTime - deadline < 0) {
            return;
        }
        if (late == State.UNDECIDED) {
            session.handshakeTimedOut();
        } else if (move(State.ACCEPTED, State.GONE)) {
            // The client left while the consumer decided, and the server neither reported it nor ran the stage.
            session.attachTimedOut();
            socketEnded();
        }
    }

    /** The slot is freed at once, because an actor that blocks its thread cannot be stopped. */
    private void stopOverdue(long nanoTime) {
        Ending overdue = ending;
        if (overdue != null && nanoTime - overdue.deadline() >= 0) {
            ending = null;
            if (isConsumerLeft()) {
                slot.countUnstopped();
                LOG.warn(
                        "the actor of {} did not stop within {} of Inbound.Closed (twice channels.consumer.disconnect-timeout,"
                                + " and 1s) and is stopped now; return Behaviors.stopped() when it receives Inbound.Closed",
                        path,
                        Settings.written(slot.stopTime()));
                overdue.actor().stop();
                consumerEnded();
            }
        }
    }

    private synchronized boolean isConsumerLeft() {
        return hasConsumer;
    }
}
