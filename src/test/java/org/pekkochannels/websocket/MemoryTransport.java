package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A whole edge in memory: one thread for one connection, between two pipes. */
final class MemoryTransport implements Transport {
    private static final int READ_BYTES = 16 * 1024;

    private final MemoryPipe input;
    private final MemoryPipe output;
    private final TransportListener endpoint;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final AtomicLong writes = new AtomicLong();
    private final ByteArrayOutputStream appended = new ByteArrayOutputStream();
    private final ArrayDeque<byte[]> flushed = new ArrayDeque<>();
    private @Nullable Thread thread;
    private int firstOffset;
    private long unsent;
    private long taken;
    private boolean reading = true;
    private boolean closing;
    private boolean over;

    MemoryTransport(MemoryPipe input, MemoryPipe output, TransportListener endpoint) {
        this.input = input;
        this.output = output;
        this.endpoint = endpoint;
    }

    void start() {
        execute(() -> {
            thread = Thread.currentThread();
            endpoint.opened(this);
            input.onChange(() -> execute(this::read));
            output.onChange(() -> execute(this::push));
            read();
        });
    }

    void stop() {
        execute(() -> end(new IOException("stopped")));
        loop.shutdown();
        try {
            loop.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    long writes() {
        return writes.get();
    }

    @Override
    public boolean inThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (!over && !closing) {
            appended.write(bytes, offset, length);
            unsent += length;
        }
    }

    @Override
    public void flush() {
        if (appended.size() > 0) {
            flushed.add(appended.toByteArray());
            appended.reset();
            writes.incrementAndGet();
            push();
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (on) {
            execute(this::read);
        }
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
        if (!over && !closing) {
            flush();
            closing = true;
            push();
        }
    }

    @Override
    public void abort() {
        if (!over) {
            input.reset();
            output.reset();
            end(null);
        }
    }

    private void read() {
        if (over) {
            return;
        }
        if (input.isReset()) {
            end(new IOException("connection reset"));
        } else if (input.isFinished()) {
            output.finish();
            end(null);
        } else if ((reading || closing) && !input.isEmpty()) {
            deliver(input.poll(READ_BYTES));
        }
    }

    private void deliver(byte[] window) {
        if (!closing) {
            endpoint.bytes(window, 0, window.length);
            endpoint.readDone();
        }
        execute(this::read);
    }

    private void push() {
        long before = unsent;
        while (!flushed.isEmpty() && !over && pushFirst()) {
            flushed.remove();
            firstOffset = 0;
        }
        if (closing && flushed.isEmpty() && !over) {
            output.finish();
        }
        if (before > LOW_WATER && unsent <= LOW_WATER && !over) {
            endpoint.drained();
        }
    }

    private boolean pushFirst() {
        byte[] bytes = flushed.element();
        int some = output.offer(bytes, firstOffset, bytes.length - firstOffset);
        firstOffset += some;
        unsent -= some;
        taken += some;
        return firstOffset == bytes.length;
    }

    private void end(@Nullable Throwable why) {
        if (!over) {
            over = true;
            endpoint.lost(why);
        }
    }
}
