package org.pekkochannels.websocket;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** One direction of a connection in memory: a bounded buffer with an end, as a kernel has it. Thread-safe. */
final class MemoryPipe {
    private static final int CAPACITY = 64 * 1024;
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final byte[] buffer = new byte[CAPACITY];
    private int first;
    private int count;
    private boolean finished;
    private boolean reset;
    private Runnable changed = () -> {};

    /** What to run whenever anything has happened to this pipe. */
    synchronized void onChange(Runnable task) {
        changed = task;
    }

    /** Takes as many bytes as there is room for; returns how many. */
    synchronized int offer(byte[] bytes, int offset, int length) {
        int taken = finished || reset ? length : Math.min(length, CAPACITY - count);
        for (int i = 0; i < taken && !finished && !reset; i++) {
            buffer[(first + count + i) % CAPACITY] = bytes[offset + i];
        }
        count += finished || reset ? 0 : taken;
        announce();
        return taken;
    }

    /** Takes all bytes; blocks while there is no room. */
    synchronized void put(byte[] bytes) throws IOException, InterruptedException {
        for (int at = 0; at < bytes.length; ) {
            while (count == CAPACITY && !reset) {
                wait();
            }
            requireNoReset();
            at += offer(bytes, at, bytes.length - at);
        }
    }

    /** Gives what there is, at most a length. */
    synchronized byte[] poll(int length) {
        byte[] bytes = new byte[Math.min(length, count)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = buffer[(first + i) % CAPACITY];
        }
        first = (first + bytes.length) % CAPACITY;
        count -= bytes.length;
        announce();
        return bytes;
    }

    /** Waits until there is something, or an end. */
    synchronized void await() throws InterruptedException, IOException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (count == 0 && !finished && !reset) {
            long left = end - System.currentTimeMillis();
            if (left <= 0) {
                throw new IOException("nothing came within " + PATIENCE_MILLIS + " ms");
            }
            wait(left);
        }
    }

    synchronized void finish() {
        finished = true;
        announce();
    }

    synchronized void reset() {
        reset = true;
        count = 0;
        announce();
    }

    synchronized boolean isFinished() {
        return finished && count == 0;
    }

    synchronized boolean isReset() {
        return reset;
    }

    synchronized boolean isEmpty() {
        return count == 0;
    }

    private void requireNoReset() throws IOException {
        if (reset) {
            throw new IOException("connection reset");
        }
    }

    private void announce() {
        notifyAll();
        changed.run();
    }
}
