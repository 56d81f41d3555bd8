package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.LogWords;

/**
 * Counts and logs why connections are closed by a limit, and logs why they are closed because of the client's input or of a lease. Each is logged at
 * debug. A limit that a well-behaved client can exceed is also logged at info, once a minute. Thread-safe.
 *
 * <p>A limit that is crossed without closing the connection, because it only pauses reading or drops messages, is counted where it is
 * crossed, and not logged: a slow client would cause one line per message.
 */
final class CrossedLimits {
    private static final SafeLog LOG = SafeLog.of(CrossedLimits.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final WebSocketCounters counters;
    private final Map<Limit, LogPace> paces = new EnumMap<>(Limit.class);

    CrossedLimits(WebSocketCounters counters) {
        this.counters = counters;
        paces.put(Limit.MAX_MESSAGE_BYTES, LogPace.of(INTERVAL));
        paces.put(Limit.MAX_FRAMES, LogPace.of(INTERVAL));
        paces.put(Limit.MESSAGE_TIMEOUT, LogPace.of(INTERVAL));
        paces.put(Limit.WRITE_TIMEOUT, LogPace.of(INTERVAL));
    }

    /** A limit closes a connection. */
    void crossed(Limit limit, LogWords words, SessionSettings settings) {
        counters.crossed(limit);
        if (LOG.isDebugEnabled()) {
            words.inLogContext(
                    () -> LOG.debug("{}: crossed {}, which is {}", words.path(), limit.key(), limit.bound(settings)));
        }
        LogPace pace = paces.get(limit);
        long closed = pace == null ? 0 : pace.next();
        if (closed > 0) {
            words.inLogContext(() -> LOG.info(
                    "{}: closed with {}, {}: {} of channels.websocket, or of the endpoint's section, is {}; raise it if clients"
                            + " need more ({} closed for this since the last such line; logged at most once a minute)",
                    words.path(),
                    limit.reason().code(),
                    limit.reason().reason(),
                    limit.key(),
                    limit.bound(settings),
                    closed));
        }
    }

    /** A connection is closed because of the client's input, or of its lease. */
    void closed(CloseReason reason, LogWords words) {
        if (LOG.isDebugEnabled()) {
            words.inLogContext(() -> LOG.debug("{}: closed with {}, {}", words.path(), reason.code(), reason.reason()));
        }
    }
}
