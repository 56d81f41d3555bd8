package org.pekkochannels.http;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Upgrade;
import scala.concurrent.ExecutionContext;

/** One upgrade request on its way to a socket: its session, its timers, the response that the client waits for. */
final class Connection implements Upgrade {
    private final String key;
    private final SessionSettings settings;
    private final Clock clock;
    private final Session session;
    private final AtomicReference<Cancellable> timer = new AtomicReference<>(Cancellable.alreadyCancelled());
    private final Connections connections;
    private final Set<Part> open = EnumSet.of(Part.CONSUMER);
    // Nothing when it has been answered: a connection lives long.
    private @Nullable CompletableFuture<HttpResponse> response = new CompletableFuture<>();
    private volatile @Nullable SocketTransport transport;

    /** What must have ended before the connection has. */
    enum Part {
        CONSUMER,
        SOCKET
    }

    /** Runs a task after a while, on a thread that must not be blocked. */
    record Clock(Scheduler scheduler, ExecutionContext context) {
        Cancellable after(Duration delay, Runnable task) {
            return scheduler.scheduleOnce(delay, task, context);
        }
    }

    Connection(String key, Scope scope, SessionSettings settings, Clock clock, Connections connections) {
        this.key = key;
        this.settings = settings;
        this.clock = clock;
        this.session = new Session(settings, scope, this);
        this.connections = connections;
    }

    /** Asks the consumer to decide, and bounds the time it may take. */
    void start(Consumer<Inbound> consumer) {
        next(clock.after(settings.handshakeTimeout(), session::handshakeTimedOut));
        session.start(consumer);
    }

    /** To be asked for before {@link #start}. */
    CompletionStage<HttpResponse> response() {
        return Objects.requireNonNull(response);
    }

    @Override
    public void accepted(Acceptance acceptance) {
        open(Part.SOCKET);
        next(clock.after(settings.attachTimeout(), this::notAttached));
        Flow<ByteString, ByteString, NotUsed> socket =
                Flow.fromGraph(new SocketStage(session, this::attached, () -> ended(Part.SOCKET)));
        answer(WebSocketTakeover.response(key, acceptance, socket));
    }

    @Override
    public void refused(Refusal refusal) {
        next(Cancellable.alreadyCancelled());
        answer(Responses.of(refusal));
    }

    void goAway(CloseReason reason) {
        session.goAway(reason);
    }

    /** Cuts the connection, in whatever state it is. */
    void abort() {
        session.lost(null);
        SocketTransport attached = transport;
        if (attached != null) {
            attached.execute(attached::abort);
        }
    }

    void tick(long nanoTime) {
        SocketTransport attached = transport;
        if (attached != null && session.wantsTicks()) {
            attached.execute(() -> session.tick(nanoTime));
        }
    }

    private void answer(HttpResponse answer) {
        CompletableFuture<HttpResponse> waiting = response;
        response = null;
        if (waiting != null) {
            waiting.complete(answer);
        }
    }

    private void attached(SocketTransport socket) {
        transport = socket;
        next(Cancellable.alreadyCancelled());
    }

    /** One of the two ends is done with; idempotent. */
    void ended(Part part) {
        if (close(part)) {
            connections.remove(this);
        }
    }

    /** The client left while the consumer made up its mind: Pekko HTTP never runs the stage, and says nothing. */
    private void notAttached() {
        session.attachTimedOut();
        ended(Part.SOCKET);
    }

    private synchronized void open(Part part) {
        open.add(part);
    }

    private synchronized boolean close(Part part) {
        open.remove(part);
        return open.isEmpty();
    }

    private void next(Cancellable following) {
        timer.getAndSet(following).cancel();
    }
}
