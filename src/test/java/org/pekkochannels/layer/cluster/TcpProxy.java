package org.pekkochannels.layer.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;

/** Forwards connections of one port to another, until a test disturbs them. */
final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    // Guarded by this.
    private boolean held;

    TcpProxy(int target) throws IOException {
        this.target = target;
        start("accept", this::accept);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections stay open and are accepted, and nothing passes: a black hole. */
    synchronized void hold() {
        held = true;
    }

    /** What was held passes. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Ends all connections; new ones are accepted. What was on the way is lost. */
    void cut() {
        sockets.forEach(TcpProxy::end);
    }

    private void accept() throws IOException {
        while (true) {
            Socket from = server.accept();
            sockets.add(from);
            start("connect", () -> connect(from));
        }
    }

    private void connect(Socket from) throws IOException {
        awaitFlow();
        try {
            Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.add(to);
            start("there", () -> pump(from, to));
            start("back", () -> pump(to, from));
        } catch (IOException e) {
            end(from);
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = from.getInputStream().read(buffer);
                    read >= 0;
                    read = from.getInputStream().read(buffer)) {
                awaitFlow();
                to.getOutputStream().write(buffer, 0, read);
            }
        } finally {
            end(from);
            end(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private synchronized void awaitFlow() {
        while (held) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        release();
        cut();
    }

    private interface Work {
        void run() throws IOException;
    }

    /** What fails has ended, as connections do. */
    private static void start(String name, Work work) {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            work.run();
            return true;
        });
        Thread thread = new Thread(task, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
