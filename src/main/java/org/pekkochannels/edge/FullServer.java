package org.pekkochannels.edge;

import java.time.Duration;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;

/** Warns of clients that are answered 503 because the server is full, once a minute per bound. Thread-safe. */
final class FullServer {
    private static final SafeLog LOG = SafeLog.of(FullServer.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final LogPace webSockets = LogPace.of(INTERVAL);
    private final LogPace connections = LogPace.of(INTERVAL);

    /** A WebSocket was refused. */
    void webSocketRefused(String path, int most) {
        long refused = webSockets.next();
        if (refused > 0) {
            LOG.warn(
                    "refused a WebSocket to {} with 503: {} are open, which is channels.http.max-websockets; raise it, or add a"
                            + " server ({} refused since the last such line; logged at most once a minute)",
                    path,
                    most,
                    refused);
        }
    }

    /** A TCP connection was refused. */
    void connectionRefused(int most) {
        long refused = connections.next();
        if (refused > 0) {
            LOG.warn(
                    "refused a connection: {} are open, the most that channels.http.max-connections and the process's file"
                            + " descriptors allow; raise them, or add a server ({} refused since the last such line; logged at most"
                            + " once a minute)",
                    most,
                    refused);
        }
    }
}
