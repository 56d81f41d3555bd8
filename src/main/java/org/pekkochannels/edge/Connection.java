package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Transport;
import org.pekkochannels.websocket.Upgrade;
import org.pekkochannels.websocket.WebSockets;

/** One upgrade request on its way to a socket: its session, its timers, the decision that the edge waits for. */
final class Connection implements Upgrade, Connections.Guest {
    private final String path;
    private final SessionSettings settings;
    private final Connections.Slot slot;
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

    /** What has a time of its own before the session keeps it. */
    private enum Waiting {
        FOR_NOTHING,
        FOR_DECISION,
        FOR_SOCKET
    }

    Connection(Scope scope, WebSockets sockets, SessionSettings settings, Connections.Slot slot, AccessLog.Entry log) {
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
    void start(Consumer<Inbound> consumer) {
        await(Waiting.FOR_DECISION, settings.handshakeTimeout());
        session.start(inbound -> {
            if (inbound instanceof Inbound.Closed closed) {
                log.disconnected(closed.reason());
            }
            consumer.accept(inbound);
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
        Transport attached = transport;
        if (attached != null && session.isDue(nanoTime)) {
            attached.execute(() -> session.tick(nanoTime));
        }
    }

    /** There is no consumer, as it could not be spawned: answers 500. */
    void notSpawned() {
        start(unheard -> {});
        consumerEnded();
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
}
