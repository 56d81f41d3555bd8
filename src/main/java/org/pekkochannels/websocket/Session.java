package org.pekkochannels.websocket;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.codec.Compression;

/**
 * One WebSocket connection, from the upgrade request to the end: bytes in and out below, events and turns above.
 *
 * <p>Three sides, three threads. The <em>consumer</em> uses the {@link Wire} that came with {@link Inbound.Connect} within
 * its turns, on any one thread at a time. The <em>connection</em> (its edge) calls the methods of {@link TransportListener} on the
 * connection's own thread. All other methods may be called on any thread.
 *
 * <p>The consumer is told {@link Inbound.Connect} first and {@link Inbound.Closed} last, each once. {@code Connect}
 * counts as a delivery: no message follows before {@link Wire#endTurn endTurn(true)}.
 */
public final class Session implements TransportListener {
    private static final SafeLog LOG = SafeLog.of(Session.class);
    private static final long MOST_DISCARDED = 1024 * 1024;
    private static final CloseReason FAILED = new CloseReason(CloseCode.ABNORMAL, "connection failed");
    private static final Refusal LEAVING =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.DRAINING);
    private static final Refusal LATE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.HANDSHAKE_TIMEOUT);

    private static final CloseReason STOPPED = CloseReason.of(CloseCode.INTERNAL_ERROR);
    private static final Refusal FAILURE =
            Refusal.of(500, "Internal Server Error").because(Refusal.Reason.FAILURE);

    private final SessionSettings settings;
    private final String path;
    private final Upgrade upgrade;
    private final WebSockets shared;
    private final Compression compression;
    private final ConsumerLink link;
    private final Attachment attachment;
    private final Wire wire;

    Session(WebSockets shared, SessionSettings settings, Scope scope, Upgrade upgrade) {
        this.shared = shared;
        this.settings = settings;
        this.path = scope.printablePath();
        this.upgrade = upgrade;
        compression = Compression.of(scope, settings.compression(), shared.compressors());
        link = new ConsumerLink(shared.counters());
        attachment = new Attachment(link, path, settings.bounds().maxOutboundBytes(), settings.slowReader());
        wire = new ConsumerWire(path, scope.subprotocols(), upgrade, attachment, link, compression);
    }

    /**
     * Tells the consumer {@link Inbound.Connect}; called once, before any other method.
     *
     * @param consumer hears events on the thread that causes them, and must neither block nor throw
     */
    public void start(Consumer<Inbound> consumer) {
        link.start(consumer);
        link.tell(new Inbound.Connect(wire));
    }

    /**
     * The 101 has left: what the consumer has sent since its acceptance is written. If the session has ended meanwhile,
     * the transport is aborted. Fails with {@link IllegalStateException} without an acceptance, and the second time.
     */
    @Override
    public void opened(Transport transport) {
        if (!attachment.attach(new Connection(shared, settings, path, compression, transport, link))) {
            transport.abort();
        }
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.bytes(window, offset, length);
        }
    }

    /** Answers leave, and what has come is delivered if no delivery is under way. */
    @Override
    public void readDone() {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.readDone();
        }
    }

    /** As much as may be on its way while the close frames cross. */
    @Override
    public long mostDiscarded() {
        return MOST_DISCARDED;
    }

    @Override
    public void drained() {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.drained();
        }
    }

    /**
     * The coarse timer, about once a second or finer; deadlines are kept by it. On the connection's thread.
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
     * Whether {@link #tick} may have anything to do, so that an edge need not wake connections that rest: a comparison of
     * two numbers. Any thread.
     *
     * @param nanoTime of {@link System#nanoTime}
     * @return whether the next deadline has come
     */
    public boolean isDue(long nanoTime) {
        Connection connection = attachment.connection();
        return connection != null && connection.isDue(nanoTime);
    }

    /** The connection is over; before {@link #opened}, that the client has left. Any thread; the first call counts. */
    @Override
    public void lost(@Nullable Throwable why) {
        CloseReason reason = why == null ? CloseReason.LOST : FAILED;
        if (!attachment.end(reason)) {
            onConnection(connection -> connection.lost(reason));
        }
        if (why != null) {
            LOG.debug("{}: connection failed", path, why);
        }
    }

    /**
     * Ends the connection for the server's sake: stops reading, lets the delivery under way finish, sends the close
     * frame and tells {@link Inbound.Closed}. Before an acceptance the client hears 503. Any thread.
     *
     * @param reason usually {@link CloseCode#GOING_AWAY} or {@link CloseCode#SERVICE_RESTART}
     */
    public void goAway(CloseReason reason) {
        if (attachment.refuse(reason)) {
            upgrade.refused(LEAVING);
        } else if (!attachment.goAway(reason)) {
            onConnection(connection -> connection.goAway(reason));
        }
    }

    /**
     * The handshake timeout is over: without a decision so far, the client hears 503. Any thread; too late it does
     * nothing.
     */
    public void handshakeTimedOut() {
        if (attachment.refuse(Limit.HANDSHAKE_TIMEOUT.reason())) {
            shared.counters().crossed(Limit.HANDSHAKE_TIMEOUT);
            // Before anything is logged, as a logger may throw.
            upgrade.refused(LATE);
            LOG.warn(
                    "{}: neither accepted nor refused within {} ms (channels.websocket.handshake-timeout); answered 503",
                    path,
                    settings.handshakeTimeout().toMillis());
        }
    }

    /**
     * The attach timeout is over: without {@link #opened} so far, the client counts as lost. Any thread; too late it
     * does nothing.
     */
    public void attachTimedOut() {
        if (attachment.end(Limit.ATTACH_TIMEOUT.reason())) {
            shared.counters().crossed(Limit.ATTACH_TIMEOUT);
        }
    }

    /**
     * The consumer has stopped. If it has not decided, the client gets 500; if the connection is still open, it is closed
     * with 1011, after what the consumer has sent. Any thread; otherwise it does nothing.
     */
    public void consumerEnded() {
        if (attachment.refuse(STOPPED)) {
            upgrade.refused(FAILURE);
        } else if (!link.isDisconnected()) {
            attachment.fail(compression);
        }
    }

    /** How many messages the consumer sent that were dropped because the connection had ended; any thread. */
    long dropped() {
        return link.dropped();
    }

    private void onConnection(Consumer<Connection> task) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.run(() -> task.accept(connection));
        }
    }
}
