package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** A transport without threads: the test is the connection's thread, unless it says otherwise. */
final class RecordedTransport implements Transport {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> calls = new ArrayList<>();
    private final TransportListener endpoint;
    private boolean inThread = true;
    private boolean peerReads = true;
    private long unsent;
    private long taken;
    private int flushes;

    RecordedTransport(TransportListener endpoint) {
        this.endpoint = endpoint;
    }

    /** From now on the consumer's turns run elsewhere, and tasks wait for {@link #runTasks}. */
    void moveConsumerElsewhere() {
        inThread = false;
    }

    void runTasks() {
        boolean before = inThread;
        inThread = true;
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        inThread = before;
    }

    int waitingTasks() {
        return tasks.size();
    }

    void stall() {
        peerReads = false;
    }

    /** The peer reads everything, until it is stalled anew. */
    void drain() {
        peerReads = true;
        take();
    }

    /** The kernel takes some of what is unsent. */
    void takeSome(int bytes) {
        unsent -= bytes;
        taken += bytes;
    }

    private void take() {
        boolean high = unsent > LOW_WATER;
        taken += unsent;
        unsent = 0;
        if (high) {
            endpoint.drained();
        }
    }

    /** What was written since the last call. */
    List<String> sent() {
        List<String> frames = ServerFrame.readAll(written.toByteArray());
        written.reset();
        return frames;
    }

    int writtenBytes() {
        return written.size();
    }

    int flushes() {
        return flushes;
    }

    /** Calls of {@code reading}, {@code shutdownOutput}, {@code close} and {@code abort} since the last call. */
    List<String> calls() {
        List<String> seen = List.copyOf(calls);
        calls.clear();
        return seen;
    }

    @Override
    public boolean inThread() {
        return inThread;
    }

    @Override
    public boolean execute(Runnable task) {
        return tasks.add(task);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written.write(bytes, offset, length);
        unsent += length;
    }

    @Override
    public void flush() {
        flushes++;
        if (peerReads) {
            take();
        }
    }

    @Override
    public void reading(boolean on) {
        calls.add("reading " + on);
    }

    @Override
    public long unsent() {
        return unsent;
    }

    @Override
    public long taken() {
        return taken;
    }

    @Override
    public void shutdownOutput() {
        calls.add("shutdownOutput");
    }

    @Override
    public void close() {
        calls.add("close");
    }

    @Override
    public void abort() {
        calls.add("abort");
    }
}
