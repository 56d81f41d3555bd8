package org.pekkochannels.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client's socket, whose bytes a thread reads. Thread-safe. */
final class SocketLink implements ClientLink {
    private static final int READ_BYTES = 64 * 1024;

    private final Socket socket;
    private final ClientEnd client;
    private final InetSocketAddress address;
    private final Thread reader = new Thread(this::read, "channels-testkit-client");
    private boolean reading = true;

    SocketLink(Socket socket, ClientEnd client) {
        this.socket = socket;
        this.client = client;
        this.address = (InetSocketAddress) socket.getLocalSocketAddress();
        reader.setDaemon(true);
    }

    void start() {
        reader.start();
    }

    private void read() {
        byte[] window = new byte[READ_BYTES];
        try (socket) {
            InputStream input = socket.getInputStream();
            for (int count = input.read(window); count >= 0; count = input.read(window)) {
                awaitReading();
                client.received(window, 0, count);
            }
        } catch (IOException reset) {
            // The connection has ended, which is reported below.
        } finally {
            client.ended();
        }
    }

    private synchronized void awaitReading() throws IOException {
        while (!reading) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException ended) {
            // The reader reports the end.
        }
    }

    @Override
    public void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException ended) {
            // It has ended already.
        }
    }

    @Override
    public void abort() {
        reading(true);
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException ended) {
            // It has ended already.
        }
    }

    @Override
    public synchronized void reading(boolean on) {
        reading = on;
        notifyAll();
    }
}
