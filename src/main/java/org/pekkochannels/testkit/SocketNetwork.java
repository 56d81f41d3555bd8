package org.pekkochannels.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Connects clients to a server's port. Thread-safe. */
final class SocketNetwork implements Network {
    private final InetSocketAddress server;

    SocketNetwork(InetSocketAddress server) {
        this.server = server;
    }

    @Override
    public void connect(ClientEnd client) {
        try {
            Socket socket = new Socket(server.getAddress(), server.getPort());
            socket.setTcpNoDelay(true);
            SocketLink link = new SocketLink(socket, client);
            client.connected(link);
            link.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to the application at " + server, e);
        }
    }
}
