package org.pekkochannels.database.jdbc;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.pekkochannels.concurrent.SafeLog;

/**
 * The socket of a driver's connection, if {@link KeepAliveSocketFactory} created it. Thread-safe.
 *
 * <p>Closing it wakes the reading thread at once, whatever state the driver is in. MariaDB's {@code abort} waits for that thread, and that
 * of other drivers may wait for a lock or for TLS.
 */
final class ConnectionSocket {
    private static final SafeLog LOG = SafeLog.of(ConnectionSocket.class);
    private static final Map<Connection, Socket> SOCKETS = Collections.synchronizedMap(new WeakHashMap<>());
    // With several hosts, the last one is the one that answers.
    private static final ThreadLocal<Socket> NEWEST = new ThreadLocal<>();

    private ConnectionSocket() {}

    /** A socket was created on this thread. */
    static void made(Socket socket) {
        NEWEST.set(socket);
    }

    /** The connection that a login on this thread returns, whose socket is known from then on. */
    static Connection of(BoundedLogin.Login login) throws SQLException {
        try {
            Connection connection = login.connect();
            Socket socket = NEWEST.get();
            if (socket != null) {
                SOCKETS.put(connection, socket);
            }
            return connection;
        } finally {
            NEWEST.remove();
        }
    }

    /** Closes the socket of a driver's connection, if it is known. */
    static void close(Connection connection) {
        Socket socket = SOCKETS.get(connection);
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException failure) {
            LOG.debug("a socket was not closed", failure);
        }
    }
}
