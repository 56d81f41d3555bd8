package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Scope;

/**
 * A line for each connection that comes, is refused or goes: client, what happened, path; then status, or code and time.
 *
 * <p>The words are Daphne's; a path that is not known is a dash, as is a status that was not sent. Never a query, a header
 * or a message: they may hold secrets. Written at level info by the logger {@code org.pekkochannels.access}, to be turned off
 * there. Thread-safe.
 */
final class AccessLog {
    // A filter or an appender that throws must not keep a client from its answer.
    private static final SafeLog LOG = SafeLog.named("org.pekkochannels.access");

    private AccessLog() {}

    static Entry of(Scope scope) {
        return new Entry(scope);
    }

    /** The line of a client that was refused before it had said what it wants, or had not said it well. */
    static void refused(Optional<InetSocketAddress> client, int status) {
        refused(client, "-", status);
    }

    static void refused(Optional<InetSocketAddress> client, String path, int status) {
        LOG.info("{} WSREJECT {} {}", host(client), path, status);
    }

    /** The line of a client that was cut off without an answer, for want of room. */
    static void cut(InetSocketAddress client) {
        LOG.info("{} WSREJECT - -", client.getHostString());
    }

    private static String host(Optional<InetSocketAddress> client) {
        return client.map(InetSocketAddress::getHostString).orElse("-");
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
            LOG.info("{} WSCONNECT {}", host(client), path);
        }

        void refused(int status) {
            AccessLog.refused(client, path, status);
        }

        void disconnected(CloseReason reason) {
            if (connected) {
                Duration lasted = Duration.ofNanos(System.nanoTime() - since);
                LOG.info("{} WSDISCONNECT {} {} {}ms", host(client), path, reason.code(), lasted.toMillis());
            }
        }
    }
}
