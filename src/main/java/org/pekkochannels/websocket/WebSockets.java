package org.pekkochannels.websocket;

import java.util.function.LongSupplier;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.websocket.codec.Compressors;

/**
 * What the sessions of one server share: their settings, the counters, the pools of compressors. Thread-safe.
 *
 * <p>An edge makes one, and has it make a {@link Session} for each upgrade request.
 */
public final class WebSockets implements AutoCloseable {
    private static final SafeLog LOG = SafeLog.of(WebSockets.class);

    private final SessionSettings settings;
    private final LongSupplier clock;
    private final WebSocketCounters counters = new WebSocketCounters();
    private final CrossedLimits crossedLimits = new CrossedLimits();
    private final Compressors compressors = new Compressors();

    /**
     * The sessions of a server to be.
     *
     * @param settings those of every session that has none of its own
     */
    public WebSockets(SessionSettings settings) {
        this(settings, System::nanoTime);
    }

    WebSockets(SessionSettings settings, LongSupplier clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * A session for one upgrade request.
     *
     * @param scope the request's scope
     * @param upgrade hears the consumer's decision
     * @return the session, not started
     */
    public Session session(Scope scope, Upgrade upgrade) {
        return session(settings, scope, upgrade);
    }

    /**
     * A session for one upgrade request of an endpoint with settings of its own.
     *
     * @param own the endpoint's settings
     * @param scope the request's scope
     * @param upgrade hears the consumer's decision
     * @return the session, not started
     */
    public Session session(SessionSettings own, Scope scope, Upgrade upgrade) {
        return new Session(this, own, scope, upgrade);
    }

    /**
     * The settings of every session that has none of its own.
     *
     * @return the settings
     */
    public SessionSettings settings() {
        return settings;
    }

    /**
     * The handshake timeout is over, and there is not even a session: counts it, and warns.
     *
     * @param scope the upgrade request, which the edge answers with 503
     */
    public void openingTimedOut(Scope scope) {
        counters.crossed(Limit.HANDSHAKE_TIMEOUT);
        LOG.warn(
                "{}: application, or a middleware, has given neither consumer nor refusal within {} ms"
                        + " (channels.websocket.handshake-timeout); answered 503",
                scope.printablePath(),
                settings.handshakeTimeout().toMillis());
    }

    /**
     * What was counted so far.
     *
     * @return a snapshot
     */
    public WebSocketStats stats() {
        return counters.stats();
    }

    /** Frees the native memory of the compressors that rest; those in use free theirs when they are given back. */
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
        return clock.getAsLong();
    }
}
