package org.pekkochannels.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A port of this machine that leads to a server, until it is told to lose, hold or refuse what comes. Thread-safe. */
public final class FaultyNetwork implements AutoCloseable {
    private static final int MOST_BINDS = 10_000;

    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private ServerSocket listening;
    private volatile Mode mode = Mode.PASSING;

    /** What becomes of new connections. */
    enum Mode {
        PASSING,
        /** Accepted; no byte passes. */
        SILENT,
        /** Accepted, and reset. */
        RESETTING
    }

    private FaultyNetwork(int target) throws IOException {
        this.target = target;
        this.listening = listen(0);
    }

    /** Leads to a port of this machine. */
    public static FaultyNetwork to(int target) {
        try {
            return new FaultyNetwork(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** No byte passes any more, on no connection. */
    public void freeze() {
        mode = Mode.SILENT;
        links.forEach(Link::freeze);
    }

    /** New connections pass; those there are stay silent for ever. */
    public void passNew() {
        mode = Mode.PASSING;
    }

    /** All passes again, what was held too. */
    void thaw() {
        mode = Mode.PASSING;
        links.forEach(Link::thaw);
    }

    /** The server hears that the connections are gone, and their clients do not. */
    void halfOpen() {
        links.forEach(Link::loseServer);
    }

    /** Resets all connections, and new ones. */
    public void reset() {
        mode = Mode.RESETTING;
        links.forEach(Link::reset);
    }

    /** Nobody listens any more; connections stay. */
    void refuse() throws IOException {
        listening.close();
    }

    /** Somebody listens again. */
    void listenAgain() throws IOException {
        listening = listen(listening.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        listening.close();
        links.forEach(Link::reset);
    }

    private ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        bind(socket, port);
        start(() -> accept(socket));
        return socket;
    }

    // The system takes a moment to free the port of one that was closed while its thread accepted.
    private static void bind(ServerSocket socket, int port) throws IOException {
        for (int left = MOST_BINDS; ; left--) {
            try {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (BindException e) {
                if (left == 0) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                serve(socket.accept());
            }
        } catch (IOException closed) {
            // nobody listens any more
        }
    }

    private void serve(Socket client) throws IOException {
        Link link = new Link(client);
        switch (mode) {
            case PASSING -> link.open();
            case SILENT -> {
                link.freeze();
                links.add(link);
            }
            case RESETTING -> link.reset();
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "faulty-network");
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private @Nullable Socket server;
        private boolean frozen;

        Link(Socket client) {
            this.client = client;
        }

        void open() throws IOException {
            Socket opened = new Socket(InetAddress.getLoopbackAddress(), target);
            server = opened;
            links.add(this);
            start(() -> pump(client, opened));
            start(() -> pump(opened, client));
        }

        synchronized void freeze() {
            frozen = true;
        }

        synchronized void thaw() {
            frozen = false;
            notifyAll();
        }

        void loseServer() {
            freeze();
            close(server);
        }

        void reset() {
            links.remove(this);
            reset(client);
            reset(server);
            thaw();
        }

        private void pump(Socket from, Socket to) {
            byte[] bytes = new byte[16 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(bytes); read > 0; read = in.read(bytes)) {
                    awaitThaw();
                    out.write(bytes, 0, read);
                }
                awaitThaw();
            } catch (IOException ended) {
                // one side has ended
            } finally {
                end();
            }
        }

        // What a frozen link is told of its end does not pass either.
        private void end() {
            if (!isFrozen()) {
                links.remove(this);
                close(client);
                close(server);
            }
        }

        private synchronized boolean isFrozen() {
            return frozen;
        }

        private synchronized void awaitThaw() throws IOException {
            try {
                while (frozen && !client.isClosed()) {
                    wait();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        private static void close(@Nullable Socket socket) {
            try {
                if (socket != null) {
                    socket.close();
                }
            } catch (IOException closed) {
                // already
            }
        }

        private static void reset(@Nullable Socket socket) {
            try {
                if (socket != null && !socket.isClosed()) {
                    socket.setSoLinger(true, 0);
                }
            } catch (IOException closed) {
                // already
            }
            close(socket);
        }
    }
}
