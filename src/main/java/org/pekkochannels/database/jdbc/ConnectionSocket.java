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
 * The socket below a driver's connection, where {@link KeepAliveSocketFactory} has made it. Thread-safe.
 *
 * <p>To close it wakes the thread that reads from it, at once and whatever is between. MariaDB's {@code abort} waits for that
 * thread, and those of others may have to wait for a lock or for TLS.
 */
final class ConnectionSocket {
    private static final SafeLog LOG = SafeLog.of(ConnectionSocket.class);
    private static final Map<Connection, Socket> SOCKETS = Collections.synchronizedMap(new WeakHashMap<>());
    // Of several hosts, the last is the one that answers.
    private static final ThreadLocal<Socket> NEWEST = new ThreadLocal<>();

    private ConnectionSocket() {}

    /** A socket was made on this thread. */
    static void made(Socket socket) {
        NEWEST.set(socket);
    }

    /** What a login on this thread gives, whose socket is known from then on. */
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
            LOG.debug("a socket could not be closed", failure);
        }
    }
}
