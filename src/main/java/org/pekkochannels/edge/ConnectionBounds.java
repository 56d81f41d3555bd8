package org.pekkochannels.edge;

import java.util.Optional;

/**
 * How many TCP connections a server has at once: as many as are configured, or fewer where the process does not have the file
 * descriptors for them. Immutable.
 *
 * @param served how many are served, at least 1
 * @param turnedAway how many others may be getting a response 503 meanwhile; further ones are cut
 * @param shortage why fewer are served than configured, with the arithmetic and the cure
 */
record ConnectionBounds(int served, int turnedAway, Optional<String> shortage) {
    /** Each is a socket, and under TLS a handshake. */
    static final int MOST_TURNED_AWAY = 256;

    // Of few descriptors, most are for connections that are served.
    private static final int SHARE_TURNED_AWAY = 8;

    /** The bounds where nothing is known of descriptors. */
    static ConnectionBounds of(int configured) {
        return new ConnectionBounds(configured, MOST_TURNED_AWAY, Optional.empty());
    }

    /**
     * The bounds of a server that is about to listen.
     *
     * @param configured {@code channels.http.max-connections}
     * @param database how many connections the databases may open
     * @param descriptors those of the process
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

    /** Why so many WebSockets as are configured cannot be open; nothing if they can. */
    Optional<String> unreachable(int webSockets) {
        return webSockets <= served
                ? Optional.empty()
                : Optional.of("channels.http.max-websockets is " + webSockets + ", but at most " + served
                        + " connections are served, and each WebSocket is one of them; raise channels.http.max-connections"
                        + " above it, and the process's file descriptors where these are too few");
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
