package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each connection that comes, is refused or goes: client, what happened, path; then status, or code and time.
 *
 * <p>The words are Daphne's. Never a query, a header or a message: they may hold secrets. Written at level info by the
 * logger {@code org.pekkochannels.access}, to be turned off there. Thread-safe.
 */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("org.pekkochannels.access");

    private AccessLog() {}

    static Entry of(Scope scope) {
        return new Entry(scope);
    }

    /** The lines of one connection. */
    static final class Entry {
        private final Optional<InetSocketAddress> client;
        private final String path;
        private final long since = System.nanoTime();
        private volatile boolean connected;

        private Entry(Scope scope) {
            client = scope.client();
            path = scope.printablePath();
        }

        void connected() {
            connected = true;
            LOG.info("{} WSCONNECT {}", host(), path);
        }

        void refused(int status) {
            LOG.info("{} WSREJECT {} {}", host(), path, status);
        }

        void disconnected(CloseReason reason) {
            if (connected) {
                Duration lasted = Duration.ofNanos(System.nanoTime() - since);
                LOG.info("{} WSDISCONNECT {} {} {}ms", host(), path, reason.code(), lasted.toMillis());
            }
        }

        private String host() {
            return client.map(InetSocketAddress::getHostString).orElse("-");
        }
    }
}
