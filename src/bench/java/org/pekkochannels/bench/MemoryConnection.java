package org.pekkochannels.bench;

import org.pekkochannels.edge.ConsumerSpawner;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.SocketUser;
import org.pekkochannels.websocket.TransportListener;

/** A transport whose client takes all output at once, and answers a ping. Confined to its loop, as the interface says. */
final class MemoryConnection implements Reception.Host {
    private static final byte PING = (byte) 0x89;
    private static final int PONG = 0xA;
    private static final byte[] NOTHING = {};

    private final MemoryEdge edge;
    private final MemoryEdge.Loop loop;
    private TransportListener listener = SocketUser.NOBODY.listener();
    private Runnable stopped = SocketUser.NOBODY.stopped();
    private long taken;
    // Bytes are written, and not flushed yet; whether they are a ping.
    private boolean written;
    private boolean pinged;
    private boolean over;

    MemoryConnection(MemoryEdge edge, MemoryEdge.Loop loop) {
        this.edge = edge;
        this.loop = loop;
    }

    /** The client has connected, and sends its request. */
    void begin(byte[] request) {
        listener = Reception.of(edge.service(), this);
        listener.opened(this);
        receive(request);
    }

    private void receive(byte[] window) {
        if (!over) {
            TransportListener reader = listener;
            reader.bytes(window, 0, window.length);
            reader.readDone();
        }
    }

    @Override
    public void attach(SocketUser user, byte[] greeting, byte[] early) {
        listener = user.listener();
        stopped = user.stopped();
        taken += greeting.length;
        user.started().accept(this);
        listener.opened(this);
        edge.received();
    }

    @Override
    public Peers peers() {
        return edge.peers();
    }

    @Override
    public ConsumerSpawner consumers() {
        return edge.service().consumers();
    }

    @Override
    public boolean inThread() {
        return loop.inThread();
    }

    @Override
    public boolean execute(Runnable task) {
        loop.execute(task);
        return true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written = true;
        pinged = bytes[offset] == PING;
        taken += length;
    }

    @Override
    public void flush() {
        if (written) {
            written = false;
            if (pinged) {
                execute(() -> receive(ClientFrame.of(PONG, NOTHING)));
            }
            edge.received();
        }
    }

    @Override
    public void reading(boolean on) {
        // the client sends nothing but pongs
    }

    @Override
    public long unsent() {
        return 0;
    }

    @Override
    public long taken() {
        return taken;
    }

    @Override
    public void shutdownOutput() {
        execute(this::end);
    }

    @Override
    public void abort() {
        execute(this::end);
    }

    private void end() {
        if (!over) {
            over = true;
            listener.lost(null);
            stopped.run();
        }
    }
}
