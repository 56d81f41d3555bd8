package org.pekkochannels.bench;

import org.pekkochannels.websocket.Transport;

/** A transport to nowhere, always on the connection's thread; it counts what is written. */
final class CountingTransport implements Transport {
    private long written;

    long written() {
        return written;
    }

    @Override
    public boolean inThread() {
        return true;
    }

    @Override
    public boolean execute(Runnable task) {
        task.run();
        return true;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        written += length;
    }

    @Override
    public void flush() {}

    @Override
    public void reading(boolean on) {}

    @Override
    public long unsent() {
        return 0;
    }

    @Override
    public long taken() {
        return written;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void abort() {}
}
