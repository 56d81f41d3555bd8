package org.pekkochannels.edge;

import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.Done;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;

/**
 * The connections of one server, from the upgrade request to the end of the consumer. Thread-safe. A failure of one does not affect
 * timeouts or shutdown of the others.
 */
final class WebSocketSlots {
    /** The answer to requests that have not become a WebSocket when the server shuts down. */
    static final Refusal LEAVING = Refusal.of(503, "Service Unavailable").because(Refusal.Reason.DRAINING);

    private static final Refusal FULL = LEAVING.because(Refusal.Reason.MAX_WEBSOCKETS);

    private final Set<Slot> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Done> empty = new CompletableFuture<>();
    private final AtomicInteger count = new AtomicInteger();
    private final int max;
    private final CloseReason goodBye;
    private final Duration stopTime;
    private final ContainedFailures failures;
    private final LongAdder unstopped = new LongAdder();
    private volatile boolean draining;

    /**
     * Creates the slots of a server.
     *
     * @param max the maximum number of connections
     * @param shutdownCode the close code at shutdown
     * @param stopTime the time for an actor to stop when its connection has ended
     * @param failures contains the failures of occupants
     */
    WebSocketSlots(int max, int shutdownCode, Duration stopTime, ContainedFailures failures) {
        this.max = max;
        this.goodBye = new CloseReason(shutdownCode, "server going away");
        this.stopTime = stopTime;
        this.failures = failures;
    }

    /** Takes a slot for an occupant; empty if none is free or the server is shutting down. */
    Optional<Slot> take(Occupant occupant) {
        if (count.incrementAndGet() > max || draining) {
            count.decrementAndGet();
            return Optional.empty();
        }
        // A shutdown that starts between these steps either finds the slot in the set, or pass(..) sees that it has
        // started.
        Slot slot = new Slot(occupant);
        open.add(slot);
        slot.pass(occupant);
        return Optional.of(slot);
    }

    /** The answer to a request that got no slot. */
    Refusal refusal() {
        return draining ? LEAVING : FULL;
    }

    /** The maximum number of connections. */
    int most() {
        return max;
    }

    int size() {
        return open.size();
    }

    /** The number of connections with a socket. */
    int sockets() {
        return (int) open.stream().filter(slot -> slot.occupant.hasSocket()).count();
    }

    /** The number of actors that did not stop in time. */
    long unstopped() {
        return unstopped.sum();
    }

    /**
     * Closes all connections, and gives out no further slots.
     *
     * @param batch the number of connections that are closed at a time
     * @param later runs the next batch, after a pause
     * @return a stage that completes when the last connection has ended
     */
    CompletionStage<Done> goAway(int batch, Executor later) {
        // First: from here on take(..) fails, and pass(..) closes occupants that are not in the set yet.
        draining = true;
        tell(open.iterator(), batch, later);
        completeIfEmpty();
        return empty;
    }

    /** A batch does not wait for the previous one, in which a consumer may be blocked. */
    private void tell(Iterator<Slot> untold, int batch, Executor later) {
        for (int told = 0; told < batch && untold.hasNext(); told++) {
            untold.next().goAway();
        }
        if (untold.hasNext()) {
            later.execute(() -> tell(untold, batch, later));
        }
    }

    /** Cuts off connections that have not ended in time. */
    void abort() {
        open.forEach(Slot::abort);
    }

    void tick(long nanoTime) {
        open.forEach(slot -> slot.tick(nanoTime));
    }

    private void completeIfEmpty() {
        if (draining && open.isEmpty()) {
            empty.complete(Done.getInstance());
        }
    }

    /** The occupant of a slot: first the {@link PendingOpening}, then the {@link ServedWebSocket}. Called on any thread. */
    interface Occupant {
        void goAway(CloseReason reason);

        void abort();

        void tick(long nanoTime);

        /** Whether the client has received the 101, and the connection has not ended. */
        boolean hasSocket();

        /** The path of the request's scope, for the log. */
        String path();
    }

    /** One of {@code channels.http.max-websockets} slots, used from the upgrade request to the end. Thread-safe. */
    final class Slot {
        private volatile Occupant occupant;

        private Slot(Occupant occupant) {
            this.occupant = occupant;
        }

        /** Passes the slot to the next occupant. */
        void pass(Occupant next) {
            occupant = next;
            if (draining) {
                // The shutdown has collected the slots before, and may have missed this occupant.
                goAway();
            }
        }

        private void goAway() {
            Occupant told = occupant;
            try {
                told.goAway(goodBye);
            } catch (Throwable failure) {
                failures.contain(Place.SHUTDOWN, "closing " + told.path(), failure);
            }
        }

        private void abort() {
            Occupant cut = occupant;
            try {
                cut.abort();
            } catch (Throwable failure) {
                failures.contain(Place.SHUTDOWN, "cutting " + cut.path(), failure);
            }
        }

        private void tick(long nanoTime) {
            Occupant timed = occupant;
            try {
                timed.tick(nanoTime);
            } catch (Throwable failure) {
                failures.contain(Place.TIMER, "a timer of " + timed.path(), failure);
            }
        }

        /** The time for an actor to stop. */
        Duration stopTime() {
            return stopTime;
        }

        void countUnstopped() {
            unstopped.increment();
        }

        /** Frees the slot; idempotent. */
        void free() {
            if (open.remove(this)) {
                count.decrementAndGet();
            }
            completeIfEmpty();
        }
    }
}
