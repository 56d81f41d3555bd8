package org.pekkochannels.websocket;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.codec.Compression;

/**
 * One WebSocket connection, from the upgrade request to the end: bytes in and out below, events and turns above.
 *
 * <p>Three sides use a session, each on its own thread. The <em>consumer</em> uses the {@link Wire} of {@link Inbound.Connect} within its
 * turns, on one thread at a time. The <em>connection</em> (its edge) calls the methods of {@link TransportListener} on the connection's
 * thread. All other methods may be called on any thread.
 *
 * <p>The consumer receives {@link Inbound.Connect} first and {@link Inbound.Closed} last, each exactly once. {@code Connect} counts as a
 * delivery: no message follows before {@link Wire#endTurn endTurn(true)}.
 */
public final class Session implements TransportListener {
    private static final SafeLog LOG = SafeLog.of(Session.class);
    private static final long MOST_DISCARDED = 1024 * 1024;
    private static final CloseReason FAILED = new CloseReason(CloseCode.ABNORMAL, "connection failed");
    private static final Refusal LEAVING =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.DRAINING);
    private static final Refusal LATE =
            Refusal.of(503, "Service Unavailable").because(Refusal.Reason.HANDSHAKE_TIMEOUT);

    private static final Refusal REVOKED = Refusal.of(401, "Unauthorized");
    private static final CloseReason STOPPED = CloseReason.of(CloseCode.INTERNAL_ERROR);
    private static final Refusal FAILURE =
            Refusal.of(500, "Internal Server Error").because(Refusal.Reason.FAILURE);

    private final SessionSettings settings;
    private final LogWords words;
    private final Upgrade upgrade;
    private final WebSockets shared;
    private final Compression compression;
    private final ConsumerLink link;
    private final Attachment attachment;
    private final Wire wire;
    private final @Nullable LeaseWatch leaseWatch;

    Session(WebSockets shared, SessionSettings settings, Scope scope, @Nullable Lease lease, Upgrade upgrade) {
        this.shared = shared;
        this.settings = settings;
        words = scope.named().logWords().orElseThrow();
        this.upgrade = upgrade;
        compression = Compression.of(scope, settings.compression(), shared.compressors());
        link = new ConsumerLink(shared.counters());
        attachment = new Attachment(link, shared.crossedLimits(), words, settings);
        wire = new ConsumerWire(words, scope.subprotocols(), upgrade, attachment, link, compression);
        leaseWatch = lease == null ? null : new LeaseWatch(lease, this);
    }

    /**
     * Sends {@link Inbound.Connect} to the consumer. Call it once, before any other method.
     *
     * @param consumer receives events on the thread that causes them, and must neither block nor throw
     */
    public void start(Consumer<Inbound> consumer) {
        link.start(leaseWatch == null ? consumer : leaseWatch.before(consumer));
        link.tell(new Inbound.Connect(wire));
        if (leaseWatch != null) {
            leaseWatch.start();
        }
    }

    /**
     * The lease has been renewed or revoked. Any thread.
     *
     * @param revocation null if it is not revoked
     */
    void leaseChanged(@Nullable CloseReason revocation) {
        if (revocation != null && attachment.refuse(revocation)) {
            upgrade.refused(REVOKED);
        } else {
            onConnection(requireNonNull(leaseWatch)::check);
        }
    }

    WebSockets shared() {
        return shared;
    }

    LeaseTimes leaseTimes() {
        return settings.leaseTimes();
    }

    /**
     * The 101 has left: the consumer's output since its acceptance is written. If the session has ended meanwhile, the transport is
     * aborted. Fails with {@link IllegalStateException} without an acceptance, or if called twice.
     */
    @Override
    public void opened(Transport transport) {
        if (!attachment.attach(new Connection(shared, settings, words, compression, transport, link))) {
            transport.abort();
        } else if (leaseWatch != null) {
            // Before this, a change of the lease found no connection.
            onConnection(leaseWatch::check);
        }
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.bytes(window, offset, length);
        }
    }

    /** Flushes answers, and delivers the received messages if no delivery is in flight. */
    @Override
    public void readDone() {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.readDone();
        }
    }

    /** As much as may be on the way while the close frames cross. */
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
     * The coarse timer, called about once a second or more often, which drives all timeouts. On the connection's thread.
     *
     * @param nanoTime the value of {@link System#nanoTime}
     */
    public void tick(long nanoTime) {
        Connection connection = attachment.connection();
        if (connection != null) {
            connection.tick(nanoTime);
            if (leaseWatch != null && leaseWatch.isDue(nanoTime)) {
                leaseWatch.check(connection);
            }
        }
    }

    /**
     * Whether {@link #tick} may have work to do, so that an edge need not wake idle connections: a comparison of two numbers. Any thread.
     *
     * @param nanoTime the value of {@link System#nanoTime}
     * @return whether the next deadline has passed
     */
    public boolean isDue(long nanoTime) {
        Connection connection = attachment.connection();
        return connection != null && (connection.isDue(nanoTime) || (leaseWatch != null && leaseWatch.isDue(nanoTime)));
    }

    /** The connection is over or, before {@link #opened}, the client has left. Any thread; the first call counts. */
    @Override
    public void lost(@Nullable Throwable why) {
        CloseReason reason = why == null ? CloseReason.LOST : FAILED;
        if (!attachment.end(reason)) {
            onConnection(connection -> connection.lost(reason));
        }
        if (why != null) {
            if (LOG.isDebugEnabled()) {
                words.inLogContext(() -> LOG.debug("{}: connection failed", words.path(), why));
            }
        }
    }

    /**
     * Ends the connection because the server shuts down: stops reading, lets the delivery in flight finish, sends the close frame and
     * delivers {@link Inbound.Closed}. Before an acceptance the client receives 503. Any thread.
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

    /** The handshake timeout has passed: if no decision was made, the client receives 503. Any thread; has no effect after a decision. */
    public void handshakeTimedOut() {
        if (attachment.refuse(Limit.HANDSHAKE_TIMEOUT.reason())) {
            shared.counters().crossed(Limit.HANDSHAKE_TIMEOUT);
            // Before logging, because a logger may throw.
            upgrade.refused(LATE);
            words.inLogContext(() -> LOG.warn(
                    "{}: neither accepted nor refused within {} ms (channels.websocket.handshake-timeout); answered 503",
                    words.path(),
                    settings.handshakeTimeout().toMillis()));
        }
    }

    /**
     * When a time that begins now will have passed; any thread.
     *
     * @param time the time
     * @return a value of the ticker of {@link WebSockets}
     */
    public long deadlineIn(Duration time) {
        return shared.deadlineIn(time);
    }

    /**
     * The attach timeout has passed: if {@link #opened} was not called, the client counts as lost. Any thread; has no effect afterwards.
     */
    public void attachTimedOut() {
        if (attachment.end(Limit.ATTACH_TIMEOUT.reason())) {
            shared.crossedLimits().crossed(Limit.ATTACH_TIMEOUT, words, settings);
        }
    }

    /**
     * The consumer has stopped. If it has not decided, the client receives 500. If the connection is still open, it is closed with 1011,
     * after the consumer's output. Any thread; otherwise has no effect.
     */
    public void consumerEnded() {
        if (attachment.refuse(STOPPED)) {
            upgrade.refused(FAILURE);
        } else if (!link.isDisconnected()) {
            attachment.fail(compression);
        }
    }

    /** The number of the consumer's messages that were dropped because the connection had ended; any thread. */
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
