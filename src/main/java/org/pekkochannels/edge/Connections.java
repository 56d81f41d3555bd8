package org.pekkochannels.edge;

import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/** The connections of one server, from the upgrade request to the end of the consumer; thread-safe. */
final class Connections {
    private static final CloseReason GOING_AWAY = new CloseReason(CloseCode.GOING_AWAY, "server going away");

    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Done> empty = new CompletableFuture<>();
    private final AtomicInteger count = new AtomicInteger();
    private final int max;
    private volatile boolean draining;

    Connections(int max) {
        this.max = max;
    }

    /** Takes a connection in, unless there are too many or the server is going away. */
    boolean add(Connection connection) {
        if (count.incrementAndGet() > max || draining) {
            count.decrementAndGet();
            return false;
        }
        open.add(connection);
        if (draining) {
            // It slipped in while the others were gathered.
            connection.goAway(GOING_AWAY);
        }
        return true;
    }

    void remove(Connection connection) {
        if (open.remove(connection)) {
            count.decrementAndGet();
        }
        completeIfEmpty();
    }

    int size() {
        return open.size();
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
    private static void tell(Iterator<Connection> untold, int batch, Executor later) {
        for (int told = 0; told < batch && untold.hasNext(); told++) {
            untold.next().goAway(GOING_AWAY);
        }
        if (untold.hasNext()) {
            later.execute(() -> tell(untold, batch, later));
        }
    }

    /** Cuts what has not ended in time. */
    void abort() {
        open.forEach(Connection::abort);
    }

    void tick(long nanoTime) {
        open.forEach(connection -> connection.tick(nanoTime));
    }

    private void completeIfEmpty() {
        if (draining && open.isEmpty()) {
            empty.complete(Done.getInstance());
        }
    }
}
