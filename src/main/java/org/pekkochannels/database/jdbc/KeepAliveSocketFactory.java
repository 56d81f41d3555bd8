package org.pekkochannels.database.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that detect within a minute that the peer is gone: with TCP keep-alive after 30 s without a packet, every 10 s, three times.
 * Thread-safe.
 *
 * <p>The drivers of PostgreSQL and MariaDB create one by its name ({@code socketFactory}). PostgreSQL's driver can enable keep-alive
 * itself, but only with the system's times, which are two hours. On a system without these options, its own times apply. Public for drivers
 * only.
 */
public final class KeepAliveSocketFactory extends SocketFactory {
    /** The name by which drivers find it. */
    static final String NAME = KeepAliveSocketFactory.class.getName();

    /** Seconds without a packet before the first probe. */
    public static final int IDLE_SECONDS = 30;

    /** Seconds between probes. */
    public static final int INTERVAL_SECONDS = 10;

    /** Probes without an answer after which the connection is lost. */
    public static final int PROBES = 3;

    private final SocketFactory sockets = SocketFactory.getDefault();

    /** Creates a factory. */
    public KeepAliveSocketFactory() {}

    @Override
    public Socket createSocket() throws IOException {
        return keptAlive(sockets.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return keptAlive(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return keptAlive(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return keptAlive(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return keptAlive(sockets.createSocket(address, port, localAddress, localPort));
    }

    private static Socket keptAlive(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        ConnectionSocket.made(socket);
        return socket;
    }

    private static void set(Socket socket, SocketOption<Integer> option, int value) throws IOException {
        if (socket.supportedOptions().contains(option)) {
            socket.setOption(option, value);
        }
    }
}
