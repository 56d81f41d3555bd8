package org.pekkochannels.websocket;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket connection, from the upgrade request to the end: bytes in and out below, events and turns above.
 *
 * <p>Three sides, three threads. The <em>consumer</em> uses the {@link Wire} methods within its turns, on any one thread
 * at a time. The <em>connection</em> (its edge) calls {@link #opened}, {@link #bytes}, {@link #readDone},
 * {@link #drained} and {@link #tick} on the connection's own thread. All other methods may be called on any thread.
 *
 * <p>The consumer is told {@link Inbound.Connect} first and {@link Inbound.Closed} last, each once. {@code Connect}
 * counts as a delivery: no message follows before {@link #endTurn endTurn(true)}.
 */
public final class Session implements Wire {
    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final Refusal UNAVAILABLE = Refusal.of(503, "Service Unavailable");
    private static final int FIRST_TURN_BYTES = 128;
    // What a turn reserves at once; a larger one grows.
    private static final int MOST_TURN_BYTES = 16 * 1024;

    private enum Decision {
        NONE,
        ACCEPTED,
        REFUSED
    }

    private final SessionSettings settings;
    private final Scope scope;
    private final Upgrade upgrade;
    private final Attachment attachment = new Attachment();
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Consumer<Inbound> consumer;
    private volatile boolean over;

    // Of the consumer's turns.
    private Decision decision = Decision.NONE;
    private boolean closing;
    private @Nullable Turn turn;
    private int lastTurnBytes = FIRST_TURN_BYTES;

    /**
     * A session for one upgrade request.
     *
     * @param settings its bounds and times
     * @param scope the request's scope
     * @param upgrade hears the consumer's decision
     */
    public Session(SessionSettings settings, Scope scope, Upgrade upgrade) {
        this.settings = settings;
        this.scope = scope;
        this.upgrade = upgrade;
    }

    /**
     * Tells the consumer {@link Inbound.Connect}; called once, before any other method.
     *
     * @param listener the consumer: hears events on the thread that causes them, must neither block nor throw
     */
    public void start(Consumer<Inbound> listener) {
        consumer = listener;
        listener.accept(new Inbound.Connect(this));
    }

    /**
     * The 101 has left: bytes flow from now on. What the consumer has sent since its acceptance is written. If the
     * session has ended meanwhile, the transport is aborted. Fails with {@link IllegalStateException} without an
     * acceptance.
     *
     * @param transport the connection
     */
    public void opened(Transport transport) {
        Connection connection = new Connection(settings, transport, this::tell, dropped);
        if (!attachment.attach(connection)) {
            transport.abort();
        }
    }

    /**
     * Bytes from the peer.
     *
     * @param window holds them; the session's until return, and changed in place
     * @param offset the first byte's index
     * @param length how many bytes
     */
    public void bytes(byte[] window, int offset, int length) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.bytes(window, offset, length);
        }
    }

    /** The end of one read: answers leave, and what has come is delivered if no delivery is under way. */
    public void readDone() {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.readDone();
        }
    }

    /** Unsent bytes fell to {@link Transport#LOW_WATER} or below. */
    public void drained() {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.drained();
        }
    }

    /**
     * The coarse timer: close deadlines are kept by it. About once a second or finer.
     *
     * @param nanoTime of {@link System#nanoTime}
     */
    public void tick(long nanoTime) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.tick(nanoTime);
        }
    }

    /**
     * The connection is over: end of stream, reset, failure of TLS, or the end that the session asked for; before
     * {@link #opened}, that the client has left. Any thread; only the first call counts.
     *
     * @param why the failure, or null for an end of stream
     */
    public void lost(@Nullable Throwable why) {
        if (attachment.end()) {
            endEarly(lostReason(why));
        } else {
            onConnection(connection -> connection.lost(lostReason(why)));
        }
    }

    /**
     * Ends the connection for the server's sake: stops reading, lets the delivery under way finish, sends the close
     * frame and tells {@link Inbound.Closed}. Before an acceptance the client hears 503. Any thread.
     *
     * @param reason usually {@link CloseCode#GOING_AWAY} or {@link CloseCode#SERVICE_RESTART}
     */
    public void goAway(CloseReason reason) {
        if (attachment.refuse()) {
            endEarly(reason);
            upgrade.refused(UNAVAILABLE);
        } else if (!attachment.goAway(reason)) {
            onConnection(connection -> connection.goAway(reason));
        }
    }

    /**
     * The handshake timeout is over: without a decision so far, the client hears 503. Any thread; too late it does
     * nothing.
     */
    public void handshakeTimedOut() {
        if (attachment.refuse()) {
            log.warn(
                    "{}: neither accepted nor refused within {} (channels.websocket.handshake-timeout); answered 503",
                    printablePath(),
                    settings.handshakeTimeout());
            endEarly(new CloseReason(CloseCode.ABNORMAL, "handshake timed out"));
            upgrade.refused(UNAVAILABLE);
        }
    }

    /**
     * The attach timeout is over: without {@link #opened} so far, the client counts as lost. Any thread; too late it
     * does nothing.
     */
    public void attachTimedOut() {
        if (attachment.end()) {
            endEarly(new CloseReason(CloseCode.ABNORMAL, "not attached in time"));
        }
    }

    /**
     * How many messages the consumer sent that were dropped because the connection had ended. Any thread.
     *
     * @return the number so far
     */
    public long dropped() {
        return dropped.get();
    }

    @Override
    public void accept(Acceptance acceptance) {
        requireUndecided("accept");
        requireOffered(acceptance);
        decision = Decision.ACCEPTED;
        if (attachment.accept()) {
            upgrade.accepted(acceptance);
        }
    }

    @Override
    public void refuse(Refusal refusal) {
        requireUndecided("refuse");
        decision = Decision.REFUSED;
        if (attachment.refuse()) {
            upgrade.refused(refusal);
            endEarly(new CloseReason(CloseCode.ABNORMAL, "refused with HTTP status " + refusal.status()));
        }
    }

    @Override
    public void send(String text) {
        if (maySend()) {
            turn().send(text);
        }
    }

    @Override
    public void send(byte[] bytes) {
        if (maySend()) {
            turn().send(bytes);
        }
    }

    /**
     * Closes the connection after what was sent; before an acceptance, refuses it with 403. Fails with
     * {@link IllegalArgumentException} for {@link CloseCode#ABNORMAL}, which no close frame can carry.
     */
    @Override
    public void close(CloseReason reason) {
        if (reason.code() == CloseCode.ABNORMAL) {
            throw new IllegalArgumentException("close code 1006 means a lost connection and is never sent; use 1011");
        }
        if (decision == Decision.NONE) {
            refuse(Refusal.FORBIDDEN);
        } else if (decision == Decision.ACCEPTED && !closing) {
            closing = true;
            turn().close(reason);
        }
    }

    @Override
    public void endTurn(boolean consumed) {
        if (consumed) {
            turn().consumed();
        }
        Turn ended = turn;
        if (ended != null) {
            turn = null;
            lastTurnBytes = Math.min(ended.frames().length(), MOST_TURN_BYTES);
            pass(ended);
        }
    }

    private Turn turn() {
        Turn current = turn;
        if (current == null) {
            current = new Turn(lastTurnBytes);
            turn = current;
        }
        return current;
    }

    private boolean maySend() {
        if (closing || over || decision == Decision.REFUSED) {
            dropped.incrementAndGet();
            return false;
        }
        if (decision == Decision.NONE) {
            throw new IllegalStateException("nothing can be sent before accept(); accept the connection first");
        }
        return true;
    }

    private void requireUndecided(String verb) {
        if (decision != Decision.NONE) {
            throw new IllegalStateException(verb + "() comes too late: the connection is "
                    + decision.name().toLowerCase(Locale.ROOT) + " already; decide once");
        }
    }

    private void requireOffered(Acceptance acceptance) {
        acceptance
                .subprotocol()
                .filter(chosen -> !scope.subprotocols().contains(chosen))
                .ifPresent(chosen -> {
                    throw new IllegalArgumentException(
                            "subprotocol '" + chosen + "' was not offered; the client offers " + scope.subprotocols()
                                    + ", accept one of them or none");
                });
    }

    private void pass(Turn ended) {
        Connection connection = attachment.connection();
        if (connection == null && attachment.park(ended)) {
            boundWaiting();
            return;
        }
        connection = attachment.connection();
        if (connection == null) {
            dropped.addAndGet(ended.messages());
        } else {
            connection.pass(ended);
        }
    }

    private void boundWaiting() {
        if (attachment.waitingBytes() > settings.maxOutboundBytes() && attachment.end()) {
            endEarly(new CloseReason(CloseCode.TRY_AGAIN_LATER, "too much output"));
        }
    }

    private void endEarly(CloseReason reason) {
        attachment.takeWaiting().forEach(waiting -> dropped.addAndGet(waiting.messages()));
        tell(new Inbound.Closed(List.of(), reason));
    }

    private void onConnection(Consumer<Connection> task) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.run(() -> task.accept(connection));
        }
    }

    private void tell(Inbound event) {
        if (event instanceof Inbound.Closed) {
            over = true;
        }
        Consumer<Inbound> listener = consumer;
        if (listener != null) {
            listener.accept(event);
        }
    }

    private static CloseReason lostReason(@Nullable Throwable why) {
        return why == null
                ? CloseReason.LOST
                : new CloseReason(CloseCode.ABNORMAL, why.getClass().getSimpleName());
    }

    // A decoded path may hold line breaks, which would forge log lines.
    private String printablePath() {
        return scope.path().replaceAll("\\p{Cntrl}", "?");
    }
}
