package org.pekkochannels.edge;

import java.util.Optional;

/**
 * The maximum number of TCP connections of a server: the configured number, or fewer if the process does not have enough file descriptors.
 * Immutable.
 *
 * @param served the maximum number of served connections, at least 1
 * @param turnedAway the maximum number of others that may receive a response 503 at the same time; further ones are cut off
 * @param shortage why fewer are served than configured, with the calculation and the cure
 */
record ConnectionBounds(int served, int turnedAway, Optional<String> shortage) {
    /** Each is a socket, and under TLS a handshake. */
    static final int MOST_TURNED_AWAY = 256;

    // If descriptors are scarce, most are for served connections.
    private static final int SHARE_TURNED_AWAY = 8;

    /** The bounds if the number of descriptors is unknown. */
    static ConnectionBounds of(int configured) {
        return new ConnectionBounds(configured, MOST_TURNED_AWAY, Optional.empty());
    }

    /**
     * The bounds of a server that is about to listen.
     *
     * @param configured {@code channels.http.max-connections}
     * @param database how many connections the databases may open
     * @param descriptors the process's file descriptors
     */
    static ConnectionBounds of(int configured, int database, Descriptors descriptors) {
        long left = descriptors.free() - database - Descriptors.KEPT;
        int refused = (int) Math.max(0, Math.min(MOST_TURNED_AWAY, left / SHARE_TURNED_AWAY));
        int served = (int) Math.max(1, Math.min(configured, left - refused));
        if (served == configured) {
            return new ConnectionBounds(
                    configured, (int) Math.max(0, Math.min(MOST_TURNED_AWAY, left - configured)), Optional.empty());
        }
        return new ConnectionBounds(
                served, refused, Optional.of(shortage(configured, served, refused, database, descriptors)));
    }

    /** Why the configured number of WebSockets cannot be open; empty if it can. */
    Optional<String> unreachable(int webSockets) {
        return webSockets <= served
                ? Optional.empty()
                : Optional.of("channels.http.max-websockets is " + webSockets + ", but at most " + served
                        + " connections are served, and each WebSocket is one of them; raise channels.http.max-connections"
                        + " above it, and the process's file descriptors if these are too few");
    }

    private static String shortage(int configured, int served, int refused, int database, Descriptors descriptors) {
        long enough = descriptors.open() + database + Descriptors.KEPT + MOST_TURNED_AWAY + configured;
        return "channels.http.max-connections is " + configured + ", but at most " + served
                + " connections are served: the process may open " + descriptors.limit()
                + " file descriptors (ulimit -n), of which "
                + descriptors.open() + " are open, " + database + " are for the databases' connections, "
                + Descriptors.KEPT + " for files and classes, and " + refused
                + " for connections that are answered 503; raise its limit to " + enough
                + " (ulimit -n, LimitNOFILE in systemd), or lower channels.http.max-connections";
    }
}
