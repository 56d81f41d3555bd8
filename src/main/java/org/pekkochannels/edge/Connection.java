package org.pekkochannels.edge;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
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
final class Connection implements Upgrade {
    private final SessionSettings settings;
    private final Connections connections;
    private final AccessLog.Entry log;
    private final Session session;
    private final CompletableFuture<Decision> decision = new CompletableFuture<>();
    private final Set<Part> open = EnumSet.of(Part.CONSUMER);
    // Guarded by this, as the parts are.
    private boolean gone;
    private final AtomicReference<Waiting> waiting = new AtomicReference<>(Waiting.FOR_NOTHING);
    private volatile long deadline;
    private volatile @Nullable Transport transport;

    /** What must have ended before the connection has. */
    enum Part {
        CONSUMER,
        SOCKET
    }

    /** What has a time of its own before the session keeps it. */
    private enum Waiting {
        FOR_NOTHING,
        FOR_DECISION,
        FOR_SOCKET
    }

    Connection(
            Scope scope, WebSockets sockets, SessionSettings settings, Connections connections, AccessLog.Entry log) {
        this.settings = settings;
        this.connections = connections;
        this.log = log;
        this.session = sockets.session(settings, scope, this);
    }

    /** Asks the consumer to decide, and bounds the time it may take. */
    void start(Consumer<Inbound> consumer) {
        await(Waiting.FOR_DECISION, settings.handshakeTimeout());
        session.start(inbound -> {
            if (inbound instanceof Inbound.Closed closed) {
                log.disconnected(closed.reason());
            }
            consumer.accept(inbound);
        });
    }

    CompletionStage<Decision> decision() {
        return decision;
    }

    @Override
    public void accepted(Acceptance acceptance) {
        openSocket();
        await(Waiting.FOR_SOCKET, settings.attachTimeout());
        log.connected();
        decision.complete(
                new Decision.Accept(acceptance, new SocketUser(session, this::attached, () -> ended(Part.SOCKET))));
    }

    @Override
    public void refused(Refusal refusal) {
        waiting.set(Waiting.FOR_NOTHING);
        log.refused(refusal.status());
        decision.complete(new Decision.Refuse(refusal));
    }

    void goAway(CloseReason reason) {
        session.goAway(reason);
    }

    /** The client has left: if there was no socket to read it from, there will be none. */
    void lost() {
        session.lost(null);
        endSocket();
    }

    /** Cuts the connection, in whatever state it is. */
    void abort() {
        // First: a socket that comes after this is cut by the session.
        session.lost(null);
        Transport attached = transport;
        if (attached == null) {
            endSocket();
        } else {
            attached.execute(attached::abort);
        }
    }

    void tick(long nanoTime) {
        expire(nanoTime);
        Transport attached = transport;
        if (attached != null && session.isDue(nanoTime)) {
            attached.execute(() -> session.tick(nanoTime));
        }
    }

    /** One of the two ends is done with; idempotent. */
    void ended(Part part) {
        if (close(part)) {
            connections.remove(this);
        }
    }

    private void attached(Transport socket) {
        transport = socket;
        waiting.set(Waiting.FOR_NOTHING);
    }

    /** The client left while the consumer made up its mind, and the server neither said so nor ran the stage. */
    private void notAttached() {
        session.attachTimedOut();
        ended(Part.SOCKET);
    }

    private synchronized void openSocket() {
        if (!gone) {
            open.add(Part.SOCKET);
        }
    }

    private void endSocket() {
        closeForGood();
        ended(Part.SOCKET);
    }

    private synchronized void closeForGood() {
        gone = true;
    }

    private synchronized boolean close(Part part) {
        open.remove(part);
        return open.isEmpty();
    }

    private void await(Waiting what, Duration time) {
        deadline = System.nanoTime() + time.toNanos();
        waiting.set(what);
    }

    /** Late: the consumer with its decision, or the edge with the 101. */
    private void expire(long nanoTime) {
        Waiting what = waiting.get();
        if (what != Waiting.FOR_NOTHING
                && nanoTime - deadline >= 0
                && waiting.compareAndSet(what, Waiting.FOR_NOTHING)) {
            if (what == Waiting.FOR_DECISION) {
                session.handshakeTimedOut();
            } else {
                notAttached();
            }
        }
    }
}
