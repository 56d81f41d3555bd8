package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Records what a transport tells, and whether it does so on its own thread. Thread-safe. */
final class RecordedEndpoint implements TransportListener {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    final CompletableFuture<Transport> opened = new CompletableFuture<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private long receivedBytes;
    private int readsDone;
    private int drained;
    private int losses;
    private int wrongThreads;
    private int wrongAccounts;
    private @Nullable Throwable why;

    @Override
    public void opened(Transport transport) {
        opened.complete(transport);
    }

    @Override
    public synchronized void bytes(byte[] window, int offset, int length) {
        checkThread();
        receivedBytes += length;
        if (receivedBytes < 1000) {
            received.write(window, offset, length);
        }
        Arrays.fill(window, offset, offset + length, (byte) 0);
        notifyAll();
    }

    @Override
    public synchronized void readDone() {
        checkThread();
        readsDone++;
        notifyAll();
    }

    @Override
    public synchronized void drained() {
        checkThread();
        drained++;
        notifyAll();
    }

    @Override
    public synchronized void lost(@Nullable Throwable failure) {
        losses++;
        why = failure;
        notifyAll();
    }

    synchronized void account(boolean right) {
        wrongAccounts += right ? 0 : 1;
    }

    synchronized String received() {
        return received.toString(StandardCharsets.US_ASCII);
    }

    synchronized long receivedBytes() {
        return receivedBytes;
    }

    synchronized int readsDone() {
        return readsDone;
    }

    synchronized int losses() {
        return losses;
    }

    synchronized int wrongThreads() {
        return wrongThreads;
    }

    synchronized int wrongAccounts() {
        return wrongAccounts;
    }

    synchronized Optional<Throwable> whyLost() {
        return Optional.ofNullable(why);
    }

    /** Waits until so many bytes have come and their read is done. */
    void awaitReceived(long bytes) throws InterruptedException {
        await(() -> receivedBytes >= bytes && readsDone > 0, "to receive " + bytes + " bytes");
    }

    void awaitDrained() throws InterruptedException {
        await(() -> drained > 0, "to drain");
    }

    void awaitLost() throws InterruptedException {
        await(() -> losses > 0, "to be lost");
    }

    private synchronized void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (millis <= 0) {
                throw new AssertionError("waited too long " + what + "; received " + receivedBytes);
            }
            wait(millis);
        }
    }

    private void checkThread() {
        wrongThreads += opened.join().inThread() ? 0 : 1;
    }
}
