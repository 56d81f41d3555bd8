package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.Upgrade;
import org.pekkochannels.websocket.WebSockets;

/** One upgrade request on its way to a socket: its session, its timers, the decision that the edge waits for. */
final class ServedWebSocket implements Upgrade, WebSocketSlots.Occupant {
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
    // What must have ended before the connection has; guarded by this.
    private boolean hasConsumer = true;
    private boolean hasSocket;
    private boolean gone;
    // Changed under the lock.
    private volatile Waiting waiting = Waiting.FOR_NOTHING;
    private volatile long deadline;
    private volatile @Nullable Transport transport;
    private volatile @Nullable Ending ending;

    /** The actor of the connection. Called on any thread. */
    interface Actor {
        void tell(Inbound event);

        /** Stops it, as soon as it has handled its message. */
        void stop();
    }

    /** The actor knows that the connection has ended, and must stop before a {@link System#nanoTime}. */
    private record Ending(Actor actor, long deadline) {}

    /** What has a time of its own before the session keeps it. */
    private enum Waiting {
        FOR_NOTHING,
        FOR_DECISION,
        FOR_SOCKET
    }

    ServedWebSocket(
            Scope scope, WebSockets sockets, SessionSettings settings, WebSocketSlots.Slot slot, AccessLog.Entry log) {
        this.path = scope.printablePath();
        this.settings = settings;
        this.slot = slot;
        this.log = log;
        this.session = sockets.session(settings, scope, this);
    }

    @Override
    public String path() {
        return path;
    }

    /** Takes the slot over, asks the consumer to decide, and bounds the time it may take. */
    void start(Actor actor) {
        await(Waiting.FOR_DECISION, settings.handshakeTimeout());
        session.start(inbound -> {
            if (inbound instanceof Inbound.Closed closed) {
                log.disconnected(closed.reason());
                ending = new Ending(actor, slot.stopDeadline());
            }
            actor.tell(inbound);
        });
        // Not before: a session that has not started cannot be told to go away.
        slot.pass(this);
    }

    /** What the edge waits for; to be asked for before {@link #start}, as a made decision is not kept. */
    CompletionStage<Decision> decision() {
        return requireNonNull(decision, "the decision was made already");
    }

    @Override
    public void accepted(Acceptance acceptance) {
        openSocket();
        await(Waiting.FOR_SOCKET, settings.attachTimeout());
        log.connected();
        decide(new Decision.Accept(acceptance, new SocketUser(session, this::attached, this::socketEnded)));
    }

    @Override
    public void refused(Refusal refusal) {
        await(Waiting.FOR_NOTHING);
        log.refused(refusal.status());
        decide(new Decision.Refuse(refusal));
    }

    @Override
    public synchronized boolean hasSocket() {
        return hasSocket;
    }

    @Override
    public void goAway(CloseReason reason) {
        session.goAway(reason);
    }

    /** The client has left: if there was no socket to read it from, there will be none. */
    void lost() {
        session.lost(null);
        endSocket();
    }

    /** Cuts the connection, in whatever state it is. */
    @Override
    public void abort() {
        // First: a socket that comes after this is cut by the session.
        session.lost(null);
        Transport attached = transport;
        if (attached == null) {
            endSocket();
        } else {
            attached.execute(attached::abort);
        }
    }

    @Override
    public void tick(long nanoTime) {
        expire(nanoTime);
        stopOverdue(nanoTime);
        Transport attached = transport;
        if (attached != null && session.isDue(nanoTime)) {
            attached.execute(() -> session.tick(nanoTime));
        }
    }

    /** There is no consumer, as it could not be spawned: answers 500. */
    void notSpawned() {
        start(NO_ACTOR);
        consumerEnded();
    }

    /** Whether the actor may not stop yet: it has not decided, and has not heard that the connection has ended. */
    boolean isUndecided() {
        return decision != null && ending == null;
    }

    /**
     * The consumer has stopped, and hears nothing any more; idempotent. Without its decision the client gets 500; a socket
     * that is still open is closed with 1011.
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

    /** The session sees to it that there is only one. */
    private void decide(Decision made) {
        CompletableFuture<Decision> asked = requireNonNull(decision, "the decision was made already");
        decision = null;
        asked.complete(made);
    }

    private void attached(Transport socket) {
        transport = socket;
        await(Waiting.FOR_NOTHING);
    }

    /** The client left while the consumer made up its mind, and the server neither said so nor ran the stage. */
    private void notAttached() {
        session.attachTimedOut();
        socketEnded();
    }

    private synchronized void openSocket() {
        if (!gone) {
            hasSocket = true;
        }
    }

    private void endSocket() {
        closeForGood();
        socketEnded();
    }

    private synchronized void closeForGood() {
        gone = true;
    }

    /** Whether that was all. */
    private synchronized boolean dropConsumer() {
        hasConsumer = false;
        return !hasSocket;
    }

    /** Whether that was all. */
    private synchronized boolean dropSocket() {
        hasSocket = false;
        return !hasConsumer;
    }

    private void await(Waiting what, Duration time) {
        deadline = System.nanoTime() + time.toNanos();
        await(what);
    }

    private synchronized void await(Waiting what) {
        waiting = what;
    }

    /** Whether it was still waited for. */
    private synchronized boolean giveUp(Waiting what) {
        boolean was = waiting == what;
        waiting = was ? Waiting.FOR_NOTHING : waiting;
        return was;
    }

    /** Late: the consumer with its decision, or the edge with the 101. */
    private void expire(long nanoTime) {
        Waiting what = waiting;
        if (what != Waiting.FOR_NOTHING && nanoTime - deadline >= 0 && giveUp(what)) {
            if (what == Waiting.FOR_DECISION) {
                session.handshakeTimedOut();
            } else {
                notAttached();
            }
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
