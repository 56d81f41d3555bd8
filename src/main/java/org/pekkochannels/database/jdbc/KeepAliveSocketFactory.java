package org.pekkochannels.database.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that find out by themselves within a minute that the other side is gone: with TCP keep-alive after 30 s without a
 * packet, every 10 s, three times. Thread-safe.
 *
 * <p>The drivers of PostgreSQL and MariaDB make one by its name ({@code socketFactory}): the first can turn keep-alive on, but
 * knows only the system's times, which are two hours. Where a system has no such options, its times hold. Public for drivers
 * alone.
 */
public final class KeepAliveSocketFactory extends SocketFactory {
    /** What drivers find it by. */
    static final String NAME = KeepAliveSocketFactory.class.getName();

    /** After how many seconds without a packet the other side is asked. */
    public static final int IDLE_SECONDS = 30;

    /** How many seconds later it is asked again. */
    public static final int INTERVAL_SECONDS = 10;

    /** After how many questions without an answer the connection is lost. */
    public static final int PROBES = 3;

    private final SocketFactory sockets = SocketFactory.getDefault();

    /** A factory. */
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
