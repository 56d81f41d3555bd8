package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.layer.LayerUnavailableException;

/** What waits for the writer: events in the order of their sends, and reads. Bounded in bytes. Thread-safe. */
final class WriteQueue {
    // The most that one statement writes.
    private static final int BATCH_EVENTS = 1000;
    private static final int BATCH_BYTES = 4 << 20;

    // What an event takes beside its payload, about.
    private static final int OVERHEAD = 300;

    // Rings take at most a fifth of the time: on a busy machine, each costs more than the transactions that it
    // announces.
    private static final int REST = 4;
    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(5);

    private final long most;
    // All guarded by this.
    private final Queue<Sending> events = new ArrayDeque<>();
    private final Queue<Request<?>> requests = new ArrayDeque<>();
    private long bytes;
    // At most one waits for its time.
    private @Nullable Request<?> later;
    private long laterAt;
    private boolean bell;
    private long bellAt = Ticker.SYSTEM.read();
    private boolean closed;
    private @Nullable LayerUnavailableException down;

    WriteQueue(long most) {
        this.most = most;
    }

    /**
     * An event that waits.
     *
     * @param event the event
     * @param sent completes when it is committed
     */
    record Sending(LogEvent event, CompletableFuture<Done> sent) {
        int cost() {
            return event.event().size() + OVERHEAD;
        }
    }

    /** A read on the writer's connection. */
    interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    /**
     * A read that waits.
     *
     * @param reading the read
     * @param result receives its result
     * @param <T> the type of the result
     */
    record Request<T>(Reading<T> reading, CompletableFuture<T> result) {}

    /**
     * What is done at once.
     *
     * @param events the events of one statement
     * @param requests the reads
     * @param bell whether to ring in any case
     */
    record Work(List<Sending> events, List<Request<?>> requests, boolean bell) {}

    CompletableFuture<Done> send(LogEvent event) {
        Sending sending = new Sending(event, new CompletableFuture<>());
        synchronized (this) {
            if (down != null || closed) {
                return CompletableFuture.failedFuture(unavailable());
            }
            if (bytes > most) {
                return CompletableFuture.failedFuture(new LayerUnavailableException(
                        "channels.layer: " + events.size() + " events with " + bytes
                                + " bytes wait to be written (channels.layer.postgres.queue-bytes); the database is slower"
                                + " than the senders, return the stages of sends so that they wait",
                        null));
            }
            events.add(sending);
            bytes += sending.cost();
            notifyAll();
        }
        return sending.sent();
    }

    <T> CompletableFuture<T> request(Reading<T> reading) {
        Request<T> request = new Request<>(reading, new CompletableFuture<>());
        synchronized (this) {
            if (down != null || closed) {
                return CompletableFuture.failedFuture(unavailable());
            }
            requests.add(request);
            notifyAll();
        }
        return request.result();
    }

    /** A read or a write that is taken after a pause; replaces one that still waits. Neither blocks nor fails. */
    synchronized void later(Reading<Boolean> reading, Duration pause) {
        later = new Request<>(reading, new CompletableFuture<>());
        laterAt = Ticker.SYSTEM.read() + pause.toNanos();
        notifyAll();
    }

    private LayerUnavailableException unavailable() {
        return down != null ? down : new LayerUnavailableException("channels.layer is closed", null);
    }

    synchronized void ring() {
        bell = true;
        notifyAll();
    }

    /** The last ring took so long: the next one waits in proportion, with what is committed meanwhile. */
    synchronized void rung(long nanos) {
        bellAt = Ticker.SYSTEM.read() + Math.min(LONGEST_REST, REST * nanos);
    }

    /** Waits until something is there, or a time is over; null when this is closed and nothing is left. */
    synchronized @Nullable Work take(Duration longest) throws InterruptedException {
        long end = Ticker.SYSTEM.read() + longest.toNanos();
        for (long left = longest.toNanos(); isIdle() && left > 0; left = end - Ticker.SYSTEM.read()) {
            wait(TimeUnit.NANOSECONDS.toMillis(Math.max(0, Math.min(left, untilDue()))) + 1);
        }
        if (closed && isEmpty()) {
            return null;
        }
        Work work = new Work(takeEvents(), new ArrayList<>(requests), bell);
        requests.clear();
        bell = false;
        return work;
    }

    private boolean isIdle() {
        if (later != null && untilLater() <= 0) {
            requests.add(later);
            later = null;
        }
        return isEmpty() && !closed;
    }

    private long untilDue() {
        return Math.min(untilLater(), bell ? bellAt - Ticker.SYSTEM.read() : Long.MAX_VALUE);
    }

    private long untilLater() {
        return later == null ? Long.MAX_VALUE : laterAt - Ticker.SYSTEM.read();
    }

    private boolean isEmpty() {
        return events.isEmpty() && requests.isEmpty() && (!bell || isResting());
    }

    /** Whether the next ring is not due yet. */
    synchronized boolean isResting() {
        return Ticker.SYSTEM.read() - bellAt < 0;
    }

    private List<Sending> takeEvents() {
        List<Sending> taken = new ArrayList<>(Math.min(events.size(), BATCH_EVENTS));
        int size = 0;
        while (!events.isEmpty() && taken.size() < BATCH_EVENTS && size < BATCH_BYTES) {
            Sending next = events.remove();
            bytes -= next.cost();
            size += next.cost();
            taken.add(next);
        }
        return taken;
    }

    /** What was taken, and could not be begun, waits on before all else. */
    synchronized void again(Work work) {
        List<Sending> later = List.copyOf(events);
        events.clear();
        events.addAll(work.events());
        events.addAll(later);
        bytes += work.events().stream().mapToLong(Sending::cost).sum();
        requests.addAll(work.requests());
        bell |= work.bell();
    }

    /** The database cannot be reached: what waits is returned, to fail, and what comes fails at once. */
    synchronized List<CompletableFuture<?>> down(LayerUnavailableException reason) {
        down = reason;
        List<CompletableFuture<?>> failing = new ArrayList<>();
        events.forEach(event -> failing.add(event.sent()));
        requests.forEach(request -> failing.add(request.result()));
        events.clear();
        requests.clear();
        bytes = 0;
        return failing;
    }

    synchronized void up() {
        down = null;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized int waiting() {
        return events.size();
    }
}
