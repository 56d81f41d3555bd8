package org.pekkochannels.testkit;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.TaskQueue;
import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.HalfClosing;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.ServedApplication;
import org.pekkochannels.edge.SocketUser;
import org.pekkochannels.websocket.TransportListener;

/**
 * A connection without a socket, at the server's end.
 *
 * <p>Its thread is a task queue on the default dispatcher, so that whatever it has to do counts as {@link Activity}. What the server
 * flushes is handed to the client within the flush: there are no bytes on the way. Confined to the queue; only {@link #execute},
 * {@link #inThread} and the {@link #link} may be used on any thread.
 */
final class InProcessConnection implements Reception.Host, TaskQueue.Owner {
    // What a client sends at its end, behind its bytes.
    private static final byte[] FINISH = {};

    private final ServedApplication service;
    private final Peers peers;
    private final ClientEnd client;
    private final Executor dispatcher;
    private final TaskQueue tasks = new TaskQueue();
    private final ArrayDeque<byte[]> input = new ArrayDeque<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private TransportListener listener = SocketUser.NOBODY.listener();
    private Runnable stopped = SocketUser.NOBODY.stopped();
    private volatile @Nullable Thread thread;
    private boolean counted;
    private boolean reading = true;
    private boolean clientReads = true;
    private boolean readDue;
    private long taken;
    private Phase phase = Phase.OPEN;

    private enum Phase {
        OPEN,
        /** The client has ended its side, and the listener may still write. */
        HALF_CLOSED,
        /** Our side has ended; input is discarded. */
        CLOSING,
        OVER
    }

    InProcessConnection(ServedApplication service, Peers peers, ClientEnd client) {
        this.service = service;
        this.peers = peers;
        this.client = client;
        this.dispatcher = service.system().classicSystem().dispatcher();
    }

    void start(Reception reception) {
        listener = reception;
        counted = service.entered();
        execute(() -> {
            if (!counted) {
                reception.turnAway();
            }
            reception.opened(this);
        });
    }

    /** The client's end. */
    ClientLink link() {
        return new Link();
    }

    private final class Link implements ClientLink {
        @Override
        public InetSocketAddress address() {
            return peers.client();
        }

        @Override
        public void send(byte[] bytes) {
            execute(() -> add(bytes));
        }

        @Override
        public void finish() {
            send(FINISH);
        }

        @Override
        public void abort() {
            execute(InProcessConnection.this::abort);
        }

        @Override
        public void reading(boolean on) {
            execute(() -> {
                clientReads = on;
                push();
            });
        }
    }

    @Override
    public boolean inThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            return tasks.add(task, this);
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    @Override
    public void wake() {
        dispatcher.execute(this::runTasks);
    }

    private void runTasks() {
        thread = Thread.currentThread();
        try {
            tasks.take();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                run(task);
            }
        } finally {
            thread = null;
        }
        if (!tasks.finish()) {
            wake();
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            ContainedFailures.of(service.system())
                    .contain(ContainedFailures.Place.CONNECTION, "a connection in memory", failure);
            abort();
        }
    }

    private void add(byte[] bytes) {
        input.add(bytes);
        deliver();
    }

    private void deliver() {
        while (!input.isEmpty() && (reading || phase != Phase.OPEN)) {
            byte[] bytes = input.remove();
            if (bytes == FINISH) {
                inputEnded();
            } else if (phase == Phase.OPEN) {
                deliver(bytes);
            }
        }
    }

    private void deliver(byte[] bytes) {
        readDue = true;
        listener.bytes(bytes, 0, bytes.length);
        if (readDue) {
            readDue = false;
            listener.readDone();
        }
    }

    private void inputEnded() {
        if (phase == Phase.CLOSING) {
            end(null);
        } else if (phase == Phase.OPEN && listener instanceof HalfClosing writer) {
            phase = Phase.HALF_CLOSED;
            writer.finished();
        } else if (phase == Phase.OPEN) {
            // A session may still answer what it has held back.
            listener.lost(null);
            push();
            over();
        }
    }

    @Override
    public Peers peers() {
        return peers;
    }

    @Override
    public ConsumerSpawner consumers() {
        return service.consumers();
    }

    @Override
    public void attach(SocketUser user, byte[] greeting, byte[] early) {
        // The earlier listener has passed the connection on within its bytes().
        readDue = false;
        listener = user.listener();
        stopped = user.stopped();
        write(greeting, 0, greeting.length);
        user.started().accept(this);
        listener.opened(this);
        flush();
        if (early.length > 0) {
            TransportListener reader = listener;
            reader.bytes(early, 0, early.length);
            reader.readDone();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (phase == Phase.OPEN || phase == Phase.HALF_CLOSED) {
            output.write(bytes, offset, length);
        }
    }

    @Override
    public void flush() {
        push();
    }

    private void push() {
        if (!clientReads || output.size() == 0) {
            return;
        }
        byte[] bytes = output.toByteArray();
        output.reset();
        taken += bytes.length;
        client.received(bytes, 0, bytes.length);
        if (bytes.length > LOW_WATER && phase != Phase.OVER) {
            listener.drained();
        }
        if (phase == Phase.CLOSING) {
            client.ended();
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (on && !input.isEmpty()) {
            execute(this::deliver);
        }
    }

    @Override
    public long unsent() {
        return output.size();
    }

    @Override
    public long taken() {
        return taken;
    }

    @Override
    public void shutdownOutput() {
        boolean finished = phase == Phase.HALF_CLOSED;
        if (phase == Phase.OPEN || finished) {
            phase = Phase.CLOSING;
            if (output.size() == 0) {
                client.ended();
            } else {
                push();
            }
            if (finished) {
                end(null);
            }
        }
    }

    @Override
    public void abort() {
        end(null);
    }

    private void end(@Nullable Throwable why) {
        if (phase != Phase.OVER) {
            TransportListener told = listener;
            over();
            told.lost(why);
        }
    }

    private void over() {
        phase = Phase.OVER;
        output.reset();
        input.clear();
        client.ended();
        stopped.run();
        if (counted) {
            counted = false;
            service.left();
        }
    }
}
