package org.pekkochannels.http;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.pekkochannels.protocol.CloseReason;

/** The connections of one server, from the upgrade request to the end of the consumer; thread-safe. */
final class Connections {
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Done> empty = new CompletableFuture<>();
    private volatile boolean draining;

    /** Takes a connection in, unless the server is going away. */
    boolean add(Connection connection) {
        open.add(connection);
        if (draining) {
            remove(connection);
        }
        return !draining;
    }

    void remove(Connection connection) {
        open.remove(connection);
        completeIfEmpty();
    }

    int size() {
        return open.size();
    }

    boolean isDraining() {
        return draining;
    }

    /** Says good-bye to all; the stage completes when the last one has ended. */
    CompletionStage<Done> goAway(CloseReason reason) {
        draining = true;
        open.forEach(connection -> connection.goAway(reason));
        completeIfEmpty();
        return empty;
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
