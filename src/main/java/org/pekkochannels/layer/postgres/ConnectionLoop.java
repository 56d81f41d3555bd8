package org.pekkochannels.layer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.Done;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.LayerUnavailableException;

/** Work that needs a connection, done on one thread: when the connection is lost, it goes on with the next one. */
final class ConnectionLoop implements Runnable {
    private static final SafeLog LOG = SafeLog.of(ConnectionLoop.class);

    private final String purpose;
    private final Work work;
    private final LayerConnections connections;
    private final StageCompletion completion;
    private final CompletableFuture<Done> started = new CompletableFuture<>();
    private final CompletableFuture<Done> ended = new CompletableFuture<>();
    private final LongAdder losses = new LongAdder();
    private boolean failing;
    private volatile boolean closed;

    /** All methods are called on the thread of the loop. */
    interface Work {
        Connection connect() throws SQLException;

        /** Prepares the connection; what waits for it goes on then. */
        void begin(Connection connection) throws SQLException;

        /** Returns when the loop is closed. */
        void serve(Connection connection) throws SQLException, InterruptedException;

        /** The database cannot be reached: returns the stages that fail. */
        List<? extends CompletableFuture<?>> down(LayerUnavailableException reason);
    }

    /**
     * For one work.
     *
     * @param purpose what it does with the connection, for the log, such as "reads events"
     */
    ConnectionLoop(String purpose, Work work, LayerConnections connections, StageCompletion completion) {
        this.purpose = purpose;
        this.work = work;
        this.connections = connections;
        this.completion = completion;
    }

    /** Completes when the first connection is ready; fails if it cannot be. */
    CompletableFuture<Done> started() {
        return started;
    }

    /** No connection follows the present one. Returns what completes when the work has ended. */
    CompletableFuture<Done> close() {
        closed = true;
        return ended;
    }

    boolean isClosed() {
        return closed;
    }

    /** Connections that were lost. */
    long losses() {
        return losses.sum();
    }

    void start(String name) {
        Thread thread = new Thread(this, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        Backoff backoff = new Backoff();
        while (!attempt(backoff) && backoff.pause()) {
            LOG.debug("channels.layer: what {} connects again", purpose);
        }
        ended.complete(Done.getInstance());
    }

    /** Serves one connection until it is lost; returns whether the loop ends. */
    private boolean attempt(Backoff backoff) {
        boolean ready = false;
        try (Connection connection = work.connect()) {
            work.begin(connection);
            backoff.reset();
            ready = true;
            failing = false;
            completion.complete(() -> started.complete(Done.getInstance()));
            work.serve(connection);
            return true;
        } catch (Throwable e) { // whatever it is, the next connection may work
            if (ready && !closed) {
                losses.increment();
                LOG.warn("channels.layer: the connection that {} was lost: {}", purpose, e.getMessage());
            } else {
                fail(e);
            }
            return closed;
        }
    }

    private void fail(Throwable reason) {
        if (!failing && !closed) {
            failing = true;
            LOG.warn("channels.layer: no connection that {}: {}; it is tried again", purpose, reason.getMessage());
        }
        LayerUnavailableException failure = connections.unavailable(reason);
        List<CompletableFuture<?>> waiting = new ArrayList<>(work.down(failure));
        waiting.add(started);
        completion.fail(waiting, failure);
    }
}
