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
 * The connections of one server, from the upgrade request to the end of the consumer; thread-safe. What one of them throws does
 * not keep the others from being timed or told.
 */
final class WebSocketSlots {
    /** What those hear who have not become a WebSocket when the server goes away. */
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
     * A server's connections.
     *
     * @param max how many there may be
     * @param shutdownCode what they are told when the server goes away
     * @param stopTime how long an actor may take to stop when its connection has ended
     * @param failures takes what an occupant throws
     */
    WebSocketSlots(int max, int shutdownCode, Duration stopTime, ContainedFailures failures) {
        this.max = max;
        this.goodBye = new CloseReason(shutdownCode, "server going away");
        this.stopTime = stopTime;
        this.failures = failures;
    }

    /** Takes somebody in, unless there are too many or the server is going away; then there is no slot. */
    Optional<Slot> take(Occupant occupant) {
        if (count.incrementAndGet() > max || draining) {
            count.decrementAndGet();
            return Optional.empty();
        }
        Slot slot = new Slot(occupant);
        open.add(slot);
        slot.pass(occupant);
        return Optional.of(slot);
    }

    /** What somebody hears who was not taken in. */
    Refusal refusal() {
        return draining ? LEAVING : FULL;
    }

    /** How many there may be. */
    int most() {
        return max;
    }

    int size() {
        return open.size();
    }

    /** How many of them have a socket. */
    int sockets() {
        return (int) open.stream().filter(slot -> slot.occupant.hasSocket()).count();
    }

    /** How many actors did not stop in time. */
    long unstopped() {
        return unstopped.sum();
    }

    /**
     * Says good-bye to all who are there, and takes nobody in any more.
     *
     * @param batch how many are told at once
     * @param later runs the next batch, after a pause
     * @return a stage that completes when the last one has ended
     */
    CompletionStage<Done> goAway(int batch, Executor later) {
        draining = true;
        tell(open.iterator(), batch, later);
        completeIfEmpty();
        return empty;
    }

    /** A batch never waits for the one before, in which a consumer may be stuck. */
    private void tell(Iterator<Slot> untold, int batch, Executor later) {
        for (int told = 0; told < batch && untold.hasNext(); told++) {
            untold.next().goAway();
        }
        if (untold.hasNext()) {
            later.execute(() -> tell(untold, batch, later));
        }
    }

    /** Cuts what has not ended in time. */
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

    /** The holder of a slot: first the {@link PendingOpening}, then the {@link ServedWebSocket}. Called on any thread. */
    interface Occupant {
        void goAway(CloseReason reason);

        void abort();

        void tick(long nanoTime);

        /** Whether the client has its 101, and the connection has not ended. */
        boolean hasSocket();

        /** The path of the request's scope, for the log. */
        String path();
    }

    /** One of {@code channels.http.max-websockets}, from the upgrade request to the end; thread-safe. */
    final class Slot {
        private volatile Occupant occupant;

        private Slot(Occupant occupant) {
            this.occupant = occupant;
        }

        /** Somebody else has it from now on. */
        void pass(Occupant next) {
            occupant = next;
            if (draining) {
                // It slipped in while the others were gathered.
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

        /** How long an actor may take to stop. */
        Duration stopTime() {
            return stopTime;
        }

        /** When the actor of a connection that ends now must have stopped, as {@link System#nanoTime}. */
        long stopDeadline() {
            return System.nanoTime() + stopTime.toNanos();
        }

        void countUnstopped() {
            unstopped.increment();
        }

        /** Gives it back; idempotent. */
        void free() {
            if (open.remove(this)) {
                count.decrementAndGet();
            }
            completeIfEmpty();
        }
    }
}
