package org.pekkochannels.websocket;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.codec.Compressors;

/**
 * What the sessions of one server share: settings, counters and pools of compressors. Thread-safe.
 *
 * <p>An edge creates one, and creates a {@link Session} from it for each upgrade request.
 */
public final class WebSockets implements AutoCloseable {
    private static final SafeLog LOG = SafeLog.of(WebSockets.class);

    private final SessionSettings settings;
    private final Ticker ticker;
    private final Clock clock;
    private final WebSocketCounters counters = new WebSocketCounters();
    private final CrossedLimits crossedLimits = new CrossedLimits(counters);
    private final Compressors compressors = new Compressors();

    /**
     * Creates the shared state.
     *
     * @param settings the settings of sessions without custom ones
     * @param ticker measures their times
     * @param clock the date, which leases end by
     */
    public WebSockets(SessionSettings settings, Ticker ticker, Clock clock) {
        this.settings = settings;
        this.ticker = ticker;
        this.clock = clock;
    }

    /**
     * A session for one upgrade request.
     *
     * @param scope the request's scope
     * @param upgrade receives the consumer's decision
     * @return the session, not started
     */
    public Session session(Scope scope, Upgrade upgrade) {
        return session(settings, scope, Optional.empty(), upgrade);
    }

    /**
     * A session for one upgrade request of an endpoint with custom settings.
     *
     * @param own the endpoint's settings
     * @param scope the request's scope
     * @param lease bounds the connection's life, or empty
     * @param upgrade receives the consumer's decision
     * @return the session, not started
     */
    public Session session(SessionSettings own, Scope scope, Optional<Lease> lease, Upgrade upgrade) {
        return new Session(this, own, scope, lease.orElse(null), upgrade);
    }

    /**
     * The settings of sessions without custom ones.
     *
     * @return the settings
     */
    public SessionSettings settings() {
        return settings;
    }

    /**
     * When a time that begins now will have passed.
     *
     * @param time the time
     * @return a value of the ticker
     */
    public long deadlineIn(Duration time) {
        return now() + time.toNanos();
    }

    /**
     * The handshake timeout has passed before a session exists: counts it, and logs a warning.
     *
     * @param scope the upgrade request, which the edge answers with 503
     */
    public void openingTimedOut(Scope scope) {
        counters.crossed(Limit.HANDSHAKE_TIMEOUT);
        LOG.warn(
                "{}: application, or a middleware, returned neither consumer nor refusal within {} ms"
                        + " (channels.websocket.handshake-timeout); answered 503",
                scope.printablePath(),
                settings.handshakeTimeout().toMillis());
    }

    /**
     * The counters so far.
     *
     * @return a snapshot
     */
    public WebSocketStats stats() {
        return counters.stats();
    }

    /** Frees the native memory of idle compressors; those in use are freed when they are returned. */
    @Override
    public void close() {
        compressors.close();
    }

    WebSocketCounters counters() {
        return counters;
    }

    CrossedLimits crossedLimits() {
        return crossedLimits;
    }

    Compressors compressors() {
        return compressors;
    }

    long now() {
        return ticker.read();
    }

    Instant date() {
        return clock.instant();
    }
}
