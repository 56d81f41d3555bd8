package org.pekkochannels.websocket;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseReason;

/**
 * Logs why connections are closed by a limit or for what the client has sent: each at debug, and once a minute at info the limits that
 * a client meets that does what the application wants. Thread-safe.
 */
final class CrossedLimits {
    private static final SafeLog LOG = SafeLog.of(CrossedLimits.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Map<Limit, LogPace> paces = new EnumMap<>(Limit.class);

    CrossedLimits() {
        paces.put(Limit.MAX_MESSAGE_BYTES, LogPace.of(INTERVAL));
        paces.put(Limit.MAX_FRAMES, LogPace.of(INTERVAL));
        paces.put(Limit.MESSAGE_TIMEOUT, LogPace.of(INTERVAL));
        paces.put(Limit.WRITE_TIMEOUT, LogPace.of(INTERVAL));
    }

    /** A connection is closed by a limit. */
    void crossed(Limit limit, String path, SessionSettings settings) {
        LOG.debug("{}: crossed {}, which is {}", path, limit.key(), limit.bound(settings));
        LogPace pace = paces.get(limit);
        long closed = pace == null ? 0 : pace.next();
        if (closed > 0) {
            LOG.info(
                    "{}: closed with {}, {}: {} of channels.websocket, or of the endpoint's own section, is {}; raise it if clients"
                            + " need more ({} closed so since the last such line, which is written once a minute at most)",
                    path,
                    limit.reason().code(),
                    limit.reason().reason(),
                    limit.key(),
                    limit.bound(settings),
                    closed);
        }
    }

    /** A connection is closed for what the client has sent. */
    void violated(CloseReason reason, String path) {
        LOG.debug("{}: closed with {}, {}", path, reason.code(), reason.reason());
    }
}
